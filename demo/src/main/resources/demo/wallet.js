// A wallet made and used in the browser: secp256k1 (SEC 2, section 2.4.1) over BigInt. For a demo:
// it is not written to resist somebody who measures its time.
// It is our own, since no kept library comes as a WebJar that a page loads without a bundler: the
// noble ones are not on Maven Central, elliptic has CommonJS alone, and js-sha3 ends in 2016.
import { keccak256 } from './keccak.js'

const P = 2n ** 256n - 2n ** 32n - 977n
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const G = {
  x: 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
  y: 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n
}

const mod = (a, m) => ((a % m) + m) % m

function inverse(a, m) {
  let [r, next, s, t] = [m, mod(a, m), 0n, 1n]
  while (next > 0n) {
    const quotient = r / next
    ;[r, next] = [next, r - quotient * next]
    ;[s, t] = [t, s - quotient * t]
  }
  return mod(s, m)
}

// Points are Jacobian: x = X / Z^2, y = Y / Z^3. The point at infinity is null.
function twice(p) {
  if (!p) {
    return null
  }
  const yy = (p.y * p.y) % P
  const s = (4n * p.x * yy) % P
  const m = (3n * p.x * p.x) % P
  const x = mod(m * m - 2n * s, P)
  return { x, y: mod(m * (s - x) - 8n * yy * yy, P), z: (2n * p.y * p.z) % P }
}

function add(p, q) {
  if (!p || !q) {
    return p || q
  }
  const pzz = (p.z * p.z) % P
  const qzz = (q.z * q.z) % P
  const u = (p.x * qzz) % P
  const s = (p.y * qzz * q.z) % P
  const h = mod(q.x * pzz - u, P)
  const r = mod(q.y * pzz * p.z - s, P)
  if (h === 0n) {
    return r === 0n ? twice(p) : null
  }
  const hh = (h * h) % P
  const hhh = (h * hh) % P
  const v = (u * hh) % P
  const x = mod(r * r - hhh - 2n * v, P)
  return { x, y: mod(r * (v - x) - s * hhh, P), z: (p.z * q.z * h) % P }
}

function multiply(point, factor) {
  let sum = null
  let power = { ...point, z: 1n }
  for (let bits = factor; bits > 0n; bits >>= 1n) {
    if (bits & 1n) {
      sum = add(sum, power)
    }
    power = twice(power)
  }
  const z = inverse(sum.z, P)
  return { x: (sum.x * z * z) % P, y: (sum.y * z * z * z) % P }
}

const toNumber = (bytes) => BigInt('0x' + toHex(bytes))
const toBytes32 = (number) => fromHex(number.toString(16).padStart(64, '0'))

export const toHex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
export const fromHex = (hex) => Uint8Array.from(hex.match(/../g), (digits) => parseInt(digits, 16))
export const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes))
export const fromBase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0))

/** A number from 1 to N - 1 that nobody can guess. */
function randomScalar() {
  for (;;) {
    const scalar = toNumber(crypto.getRandomValues(new Uint8Array(32)))
    if (scalar > 0n && scalar < N) {
      return scalar
    }
  }
}

export class Wallet {
  #secret

  constructor(keyHex) {
    this.#secret = keyHex ? BigInt('0x' + keyHex) : randomScalar()
    const { x, y } = multiply(G, this.#secret)
    /** 65 bytes, uncompressed. */
    this.publicKey = Uint8Array.of(4, ...toBytes32(x), ...toBytes32(y))
    /** 0x and 40 lower-case hex digits. */
    this.address = '0x' + toHex(keccak256(this.publicKey.slice(1)).slice(-20))
  }

  get keyHex() {
    return toHex(toBytes32(this.#secret))
  }

  /** Base64 of r, s and recovery id over keccak256 of a text. */
  sign(text) {
    const hash = toNumber(keccak256(new TextEncoder().encode(text)))
    for (;;) {
      const nonce = randomScalar()
      const point = multiply(G, nonce)
      const r = point.x % N
      const s = (inverse(nonce, N) * ((hash + r * this.#secret) % N)) % N
      if (r === 0n || s === 0n) {
        continue
      }
      const isHigh = s > N / 2n
      const recoveryId = Number(point.y & 1n) ^ (isHigh ? 1 : 0) | (point.x >= N ? 2 : 0)
      return toBase64(Uint8Array.of(...toBytes32(r), ...toBytes32(isHigh ? N - s : s), recoveryId))
    }
  }

  /** What this wallet and the owner of a public key alone can compute: 32 bytes. */
  sharedSecret(publicKey) {
    const point = { x: toNumber(publicKey.slice(1, 33)), y: toNumber(publicKey.slice(33)) }
    return toBytes32(multiply(point, this.#secret).x)
  }
}
