// Keccak-256 as Ethereum has it: the submission's padding (0x01), not that of SHA-3.
// "The Keccak reference", version 3.0, https://keccak.team: sections 1.2 and 2.1.

const LANE = (1n << 64n) - 1n
const RATE_BYTES = 136

const rotate = (lane, by) => ((lane << by) | (lane >> (64n - by))) & LANE

// Rotation offsets and the order of the lanes in rho and pi: 24 steps along one path.
const PATH = []
for (let x = 1, y = 0, t = 0; t < 24; t++) {
  PATH.push({ lane: x + 5 * y, by: BigInt((((t + 1) * (t + 2)) / 2) % 64) })
  const next = y
  y = (2 * x + 3 * y) % 5
  x = next
}

// Round constants from the linear feedback shift register x^8 + x^6 + x^5 + x^4 + 1.
const ROUND_CONSTANTS = []
for (let round = 0, register = 1; round < 24; round++) {
  let constant = 0n
  for (let j = 0; j < 7; j++) {
    if (register & 1) {
      constant |= 1n << ((1n << BigInt(j)) - 1n)
    }
    register = register & 0x80 ? ((register << 1) ^ 0x171) & 0xff : register << 1
  }
  ROUND_CONSTANTS.push(constant)
}

function permute(state) {
  for (const constant of ROUND_CONSTANTS) {
    const columns = [0, 1, 2, 3, 4].map(
      (x) => state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20]
    )
    for (let i = 0; i < 25; i++) {
      state[i] ^= columns[(i + 4) % 5] ^ rotate(columns[(i + 1) % 5], 1n)
    }
    let carried = state[PATH[0].lane]
    PATH.forEach(({ by }, t) => {
      const target = PATH[(t + 1) % 24].lane
      const replaced = state[target]
      state[target] = rotate(carried, by)
      carried = replaced
    })
    for (let row = 0; row < 25; row += 5) {
      const [a, b, c, d, e] = state.slice(row, row + 5)
      state[row] = a ^ (~b & LANE & c)
      state[row + 1] = b ^ (~c & LANE & d)
      state[row + 2] = c ^ (~d & LANE & e)
      state[row + 3] = d ^ (~e & LANE & a)
      state[row + 4] = e ^ (~a & LANE & b)
    }
    state[0] ^= constant
  }
}

/** The 32 bytes of the hash of some bytes. */
export function keccak256(bytes) {
  const padded = new Uint8Array((Math.floor(bytes.length / RATE_BYTES) + 1) * RATE_BYTES)
  padded.set(bytes)
  padded[bytes.length] ^= 0x01
  padded[padded.length - 1] ^= 0x80
  const view = new DataView(padded.buffer)
  const state = new Array(25).fill(0n)
  for (let block = 0; block < padded.length; block += RATE_BYTES) {
    for (let lane = 0; lane < RATE_BYTES / 8; lane++) {
      state[lane] ^= view.getBigUint64(block + 8 * lane, true)
    }
    permute(state)
  }
  const hash = new DataView(new ArrayBuffer(32))
  for (let lane = 0; lane < 4; lane++) {
    hash.setBigUint64(8 * lane, state[lane], true)
  }
  return new Uint8Array(hash.buffer)
}
