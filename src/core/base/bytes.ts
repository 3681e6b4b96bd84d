// Text and octets without the platform's help: core compiles with the language alone.

/** Octets of a text whose characters are all below 256 (ASCII, or octets read as Latin-1). */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i)
  return bytes
}

/** The text whose characters are the octets from `start` to `end`. */
export function latin1Text(bytes: Uint8Array, start = 0, end = bytes.length): string {
  // In slices, because a call takes a bounded number of arguments.
  const SLICE = 4096
  let text = ''
  for (let at = start; at < end; at += SLICE) {
    text += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + SLICE)))
  }
  return text
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** UTF-8 octets of a text (RFC 3629). */
export function utf8Bytes(text: string): Uint8Array {
  // encodeURIComponent is the language's own UTF-8 encoder; it refuses lone surrogates, so those are replaced first.
  return latin1Bytes(
    encodeURIComponent(text.replaceAll(LONE_SURROGATE, '\ufffd')).replaceAll(/%([0-9A-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
  )
}

/** The text of UTF-8 octets that were read as Latin-1, or undefined when they are not UTF-8. */
export function utf8FromLatin1(text: string): string | undefined {
  try {
    return decodeURIComponent(
      text.replaceAll(/[%\u0080-\u00ff]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`),
    )
  } catch {
    return undefined
  }
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Base64 (RFC 4648) in lines of 76 characters (RFC 2045 6.8), CRLF between them. */
export function base64Lines(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b, c] = [bytes[i]!, bytes[i + 1], bytes[i + 2]]
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0)
    text += BASE64[bits >>> 18]! + BASE64[(bits >>> 12) & 63]!
    text += b === undefined ? '=' : BASE64[(bits >>> 6) & 63]!
    text += c === undefined ? '=' : BASE64[bits & 63]!
  }
  return text.replaceAll(/.{76}(?=.)/g, '$&\r\n')
}
