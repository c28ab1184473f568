// One user of the published client: collects what its events tell, and listens again on every
// close, at once, as the platform's own clients do.
import { sdk as makeSdk } from '@audius/sdk'

const WAIT_MILLIS = 30_000
const quiet = { debug() {}, info() {}, warn() {}, error() {}, createPrefixedLogger: () => quiet }

export class SdkUser {
  messages = []
  reactions = []
  blasts = []
  opens = 0
  closes = 0

  constructor(name, key, wallet, url) {
    this.name = name
    const client = makeSdk({
      appName: 'herald-sdk-check',
      apiKey: wallet,
      apiSecret: key,
      environment: 'development',
      services: {
        logger: quiet,
        // Otherwise the SDK looks for storage nodes when it is made, and that ends the process
        // where there is no network. Chats need none.
        storageNodeSelector: { getSelectedNode: async () => null, getNodes: () => [] }
      }
    })
    this.chats = client.chats
    // The SDK knows three environments and no other endpoint: this is the one setting changed.
    this.chats.configuration.configuration.basePath = url
    // Every connection that the client opens, so that a check can cut it.
    this.sockets = []
    const open = this.chats.createWebsocket.bind(this.chats)
    this.chats.createWebsocket = async (endpoint) => {
      const socket = await open(endpoint)
      this.sockets.push(socket)
      return socket
    }
    this.chats.addEventListener('message', (event) => this.messages.push(event))
    this.chats.addEventListener('reaction', (event) => this.reactions.push(event))
    this.chats.addEventListener('blast', (event) => this.blasts.push(event))
    this.chats.addEventListener('error', () => {})
    this.chats.addEventListener('open', () => this.opens++)
    this.chats.addEventListener('close', () => {
      this.closes++
      if (!this.isDone) {
        this.chats.listen()
      }
    })
  }

  async listen() {
    await this.chats.listen()
    await this.until('the connection is open', () => this.opens > 0)
  }

  // Ends the connection without a close frame, as a lost network does.
  cut() {
    this.sockets.at(-1).terminate()
  }

  // The distinct texts in the order in which they came: the client keeps messages by their id.
  texts() {
    const byId = new Map(this.messages.map((event) => [event.message.message_id, event.message.message]))
    return [...byId.values()]
  }

  async until(what, holds) {
    const deadline = Date.now() + WAIT_MILLIS
    while (!(await holds())) {
      if (Date.now() > deadline) {
        throw new Error(`${this.name} waited in vain until ${what}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  done() {
    this.isDone = true
    this.sockets.at(-1)?.close()
  }
}
