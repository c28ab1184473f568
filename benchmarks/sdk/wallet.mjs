// The wallet of a private key, by the libraries that the SDK itself signs with.
import { privateKeyToAddress } from 'viem/accounts'

export const walletOf = (key) => privateKeyToAddress(key).toLowerCase()
