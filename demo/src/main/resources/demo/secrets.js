// The end-to-end encryption of chats as the platform's clients do it: AES-GCM with a secret per
// chat, which each member gets encrypted for its own public key. Browsers offer AES-GCM only to
// pages from this machine or over TLS; elsewhere the page writes in the clear and says so.
import { fromBase64, toBase64 } from './wallet.js'

const IV_BYTES = 12
const PUBLIC_KEY_BYTES = 65

export const canEncrypt = Boolean(globalThis.crypto?.subtle)

const importKey = (bytes) =>
  crypto.subtle.importKey('raw', bytes.slice(-32), 'AES-GCM', false, ['encrypt', 'decrypt'])

async function encrypt(key, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await importKey(key), bytes)
  return Uint8Array.of(...iv, ...new Uint8Array(sealed))
}

async function decrypt(key, bytes) {
  const algorithm = { name: 'AES-GCM', iv: bytes.slice(0, IV_BYTES) }
  const opened = await crypto.subtle.decrypt(algorithm, await importKey(key), bytes.slice(IV_BYTES))
  return new Uint8Array(opened)
}

export const newSecret = () => crypto.getRandomValues(new Uint8Array(32))

/** The chat's secret for one member: who encrypted it, then the encrypted secret. */
export async function inviteCode(wallet, memberPublicKey, secret) {
  const sealed = await encrypt(wallet.sharedSecret(memberPublicKey), secret)
  return toBase64(Uint8Array.of(...wallet.publicKey, ...sealed))
}

export async function openInvite(wallet, code) {
  const bytes = fromBase64(code)
  const shared = wallet.sharedSecret(bytes.slice(0, PUBLIC_KEY_BYTES))
  return await decrypt(shared, bytes.slice(PUBLIC_KEY_BYTES))
}

export const encryptText = async (secret, text) =>
  toBase64(await encrypt(secret, new TextEncoder().encode(text)))

export const decryptText = async (secret, text) =>
  new TextDecoder().decode(await decrypt(secret, fromBase64(text)))
