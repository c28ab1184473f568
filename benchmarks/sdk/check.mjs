// The published client, unmodified, end to end against the demo: two users exchange encrypted
// messages and reactions, a blast arrives, and a connection that is cut again and again and comes
// back to one instance after the other loses nothing. The client keeps no cookies here. Usage: node check.mjs CLASSPATH, or node check.mjs --url http://… of a running demo.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'

import { Demo } from './demo.mjs'
import { SdkUser } from './user.mjs'
import { walletOf } from './wallet.mjs'

const MESSAGES_WHILE_CUTTING = 200
const CUTS = 5
const MESSAGES_BESIDE_A_KILL = 50

const demo =
  process.argv[2] === '--url' ? new Demo(null, process.argv[3]) : await Demo.start(process.argv[2])
const users = []

async function makeUser(name, followsArtist) {
  const key = '0x' + randomBytes(32).toString('hex')
  const wallet = walletOf(key)
  const account = await demo.addPerson(name, wallet, followsArtist)
  const user = new SdkUser(name, key, wallet, demo.url)
  user.id = account.user_id
  users.push(user)
  await user.listen()
  // The gateway stores keys in batches, a moment after the connection.
  await user.until('its public key is stored', async () => {
    return (await fetch(`${demo.url}/comms/pubkey/${user.id}`)).ok
  })
  return user
}

async function step(what, check) {
  const started = performance.now()
  const figure = await check()
  const millis = (performance.now() - started).toFixed(0)
  console.log(`ok    ${what}${figure ? `: ${figure}` : ''} (${millis} ms)`)
}

try {
  const xenia = await makeUser('Xenia', false)
  const yann = await makeUser('Yann', true)
  let chatId

  await step('a chat is created with encrypted invites', async () => {
    await xenia.chats.create({ userId: xenia.id, invitedUserIds: [yann.id] })
    const chats = (await yann.chats.getAll({ userId: yann.id })).data
    assert.equal(chats.length, 1)
    chatId = chats[0].chat_id
    assert.deepEqual(chats[0].chat_members.map((m) => m.user_id).sort(), [xenia.id, yann.id].sort())
  })

  await step('an encrypted message arrives and can be read', async () => {
    await xenia.chats.message({ chatId, messageId: 'first', message: 'Hello Yann, \u{1f3b5}' })
    await yann.until('the message is there', () => yann.messages.length > 0)
    const { message } = yann.messages[0]
    assert.equal(message.message, 'Hello Yann, \u{1f3b5}')
    assert.equal(message.sender_user_id, xenia.id)
    assert.equal(message.is_plaintext, false)
    assert.equal(xenia.messages.length, 0)
  })

  await step('an answer and a reaction arrive', async () => {
    await yann.chats.message({ chatId, messageId: 'second', message: 'Hello Xenia' })
    await yann.chats.react({ chatId, messageId: 'first', reaction: 'fire' })
    await xenia.until('both are there', () => xenia.messages.length > 0 && xenia.reactions.length > 0)
    assert.equal(xenia.messages[0].message.message, 'Hello Xenia')
    assert.equal(xenia.reactions[0].messageId, 'first')
    assert.equal(xenia.reactions[0].reaction.reaction, 'fire')
    assert.equal(xenia.reactions[0].reaction.user_id, yann.id)
  })

  await step('history, unread count and permissions can be read', async () => {
    const history = (await xenia.chats.getMessages({ chatId, limit: 10 })).data
    assert.deepEqual(history.map((m) => m.message), ['Hello Xenia', 'Hello Yann, \u{1f3b5}'])
    assert.equal(history[1].reactions[0].reaction, 'fire')
    assert.equal((await xenia.chats.getUnreadCount()).data, 1)
    await xenia.chats.read({ chatId })
    assert.equal((await xenia.chats.getUnreadCount()).data, 0)
    const [permission] = (await xenia.chats.getPermissions({ userIds: [yann.id] })).data
    assert.equal(permission.current_user_has_permission, true)
  })

  await step('a blast reaches a follower, who gets a chat for it', async () => {
    const { key, wallet } = (await demo.people())[0]
    const ada = new SdkUser('Ada', '0x' + key, wallet, demo.url)
    users.push(ada)
    ada.id = (await demo.people())[0].user_id
    await ada.listen()
    await ada.chats.messageBlast({ blastId: `blast-${Date.now()}`, message: 'A new song', audience: 'follower_audience' })
    await yann.until('the blast is there', () => yann.blasts.some((b) => b.message.message === 'A new song'))
    const upgraded = [ada.id, yann.id].sort().join(':')
    await yann.until('the chat is there', () => yann.messages.some((event) => event.chatId === upgraded))
    const chat = (await yann.chats.get({ chatId: upgraded })).data
    assert.equal(chat.last_message, 'A new song')
    assert.equal(xenia.blasts.length, 0, 'who does not follow gets nothing')
  })

  await step(`${CUTS} cuts while ${MESSAGES_WHILE_CUTTING} messages are sent lose nothing`, async () => {
    const sent = []
    for (let i = 0; i < MESSAGES_WHILE_CUTTING; i++) {
      if (i % (MESSAGES_WHILE_CUTTING / CUTS) === 10) {
        yann.cut()
      }
      sent.push(`number ${i}`)
      await xenia.chats.message({ chatId, messageId: `cut-${i}`, message: sent[i] })
    }
    const arrived = () => yann.texts().filter((text) => text.startsWith('number '))
    await yann.until('all are there', () => arrived().length === sent.length)
    assert.deepEqual(arrived(), sent, 'in the order in which they were sent')
    assert.ok(yann.closes >= CUTS)
    const events = yann.messages.filter((event) => event.message.message.startsWith('number ')).length
    return `${arrived().length} of ${sent.length} arrived in order, ${events - sent.length} came again`
  })

  await step('both instances are killed, one after the other, while messages are sent: nothing is lost', async () => {
    const sent = []
    const closesBefore = yann.closes
    const send = async (count) => {
      for (let i = 0; i < count; i++) {
        sent.push(`kill ${sent.length}`)
        await xenia.chats.message({ chatId, messageId: `kill-${sent.length}`, message: sent.at(-1) })
      }
    }
    for (const instance of ['1', '2']) {
      await demo.untilReady()
      await send(MESSAGES_BESIDE_A_KILL)
      await demo.post('/demo/instances/kill', { instance })
      await send(MESSAGES_BESIDE_A_KILL)
      await demo.post('/demo/instances/bring-back', { instance })
    }
    await demo.untilReady()
    const arrived = () => yann.texts().filter((text) => text.startsWith('kill '))
    await yann.until('all are there', () => arrived().length === sent.length)
    assert.deepEqual([...arrived()].sort(), [...sent].sort())
    assert.ok(yann.closes > closesBefore)
    const events = yann.messages.filter((event) => event.message.message.startsWith('kill ')).length
    return `${arrived().length} of ${sent.length} arrived over ${yann.closes - closesBefore} reconnects, ` +
      `${events - sent.length} came again`
  })

  await step('a database that is killed and restarted loses nothing', async () => {
    await demo.post('/demo/restart-database', {})
    const send = async () => {
      try {
        await xenia.chats.message({ chatId, messageId: 'after', message: 'after the restart' })
        return true
      } catch {
        return false
      }
    }
    while (!(await send())) {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    await yann.until('the message is there', () => yann.texts().includes('after the restart'))
  })

  await step('a block is refused by the API and felt by the sender', async () => {
    await yann.chats.block({ userId: xenia.id })
    await assert.rejects(xenia.chats.message({ chatId, messageId: 'blocked', message: 'no' }))
    await yann.chats.unblock({ userId: xenia.id })
  })
  console.log('PASSED')
} catch (failure) {
  console.error('FAILED', failure)
  process.exitCode = 1
} finally {
  users.forEach((user) => user.done())
  if (demo.process) {
    await demo.stop()
  }
}
