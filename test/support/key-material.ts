// Finds pieces of private keys in any text: PEM armour, and the parts of a PKCS#1 or PKCS#8 key that are not public. A rule of
// the house is that none ever stands in a log, an error, an answer, a file that is not sealed, or the output of a test.

/** PKCS#1 begins with its version and a modulus, PKCS#8 with a wrapper round it: base64 of the first octets, 1024 to 4096 bits. */
const BEGINNINGS = /MII[A-Z][A-Za-z0-9+/]{2}IBA(?:AK[BC]|DANBgkqhkiG9w0BAQEFAAS)|MIGHAgEAMBMG/g
const ARMOUR = /-----BEGIN (?:RSA |EC |ENCRYPTED )?PRIVATE KEY-----/g

/** Each finding with a few characters before it: enough to find the place, too little to use. */
export function keyMaterialIn(text: string): readonly string[] {
  const findings: string[] = []
  for (const pattern of [BEGINNINGS, ARMOUR]) {
    for (const match of text.matchAll(pattern)) {
      findings.push(`${text.slice(Math.max(0, match.index - 40), match.index)}[key]`)
    }
  }
  return findings
}

/** Whether any piece of this very key stands in a text: what lies behind the modulus, in pieces of 24 characters. */
export function holdsPieceOf(privateKey: string, text: string): boolean {
  // The modulus is public; it takes the first 360 characters of a key of 2048 bits (RFC 8017 A.1.2).
  const secret = privateKey.replaceAll(/-----[^-]+-----|\s/g, '').slice(400)
  for (let at = 0; at + 24 <= secret.length; at += 8) if (text.includes(secret.slice(at, at + 24))) return true
  return false
}
