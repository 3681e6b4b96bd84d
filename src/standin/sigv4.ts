// Checks AWS Signature Version 4 of a request (IAM guide, "create-signed-request"): header form, service `ses`.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Credentials } from './credentials.ts'
import type { ApiFault } from './refusals.ts'

/** AWS takes a request for five minutes around its time; SDKs correct their clock by our Date header. */
const SKEW_MAX_MS = 5 * 60_000

export interface SignedRequest {
  readonly method: string
  /** As it came, undecoded, with the query. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

interface Authorization {
  readonly accessKeyId: string
  readonly scope: string
  readonly signedHeaders: string
  readonly signature: string
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256\s+Credential=([^/,\s]+)\/([^,\s]+),\s*SignedHeaders=([a-z0-9;-]+),\s*Signature=([0-9a-f]{64})$/

/** The access key that signed, or the error the service answers. `nowMs` is the machine's time, as SDKs sign with it. */
export function checkSignature(
  request: SignedRequest,
  {
    credentials,
    region,
    nowMs,
  }: { readonly credentials: Credentials; readonly region: string; readonly nowMs: number },
): { readonly accessKeyId: string } | ApiFault {
  const header = request.headers.authorization
  if (header === undefined) return denied('MissingAuthenticationTokenException', 'Missing Authentication Token')
  const authorization = parsed(header)
  if (authorization === undefined) {
    return denied('IncompleteSignatureException', 'Authorization header is not a valid AWS4-HMAC-SHA256 header.')
  }
  const secret = credentials.secretOf(authorization.accessKeyId)
  if (secret === undefined) {
    return denied('InvalidClientTokenId', 'The security token included in the request is invalid.')
  }
  const fault = scopeFault(request, authorization, region) ?? timeFault(request, nowMs)
  if (fault) return denied('SignatureDoesNotMatch', fault)
  const expected = Buffer.from(signatureOf(request, authorization, secret))
  if (!timingSafeEqual(expected, Buffer.from(authorization.signature))) {
    return denied(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    )
  }
  return { accessKeyId: authorization.accessKeyId }
}

const denied = (type: string, message: string): ApiFault => ({ status: 403, type, message })

function parsed(header: string): Authorization | undefined {
  const match = AUTHORIZATION.exec(header)
  if (match === null) return undefined
  const [, accessKeyId = '', scope = '', signedHeaders = '', signature = ''] = match
  return { accessKeyId, scope, signedHeaders, signature }
}

/** The key's name in a header that is merely accepted. */
export function claimedAccessKey(header: string | undefined): string | undefined {
  return header === undefined ? undefined : parsed(header)?.accessKeyId
}

function scopeFault(
  { headers }: SignedRequest,
  { scope, signedHeaders }: Authorization,
  region: string,
): string | undefined {
  const [date, scopeRegion, service, end] = scope.split('/')
  if (scopeRegion !== region) return 'Credential should be scoped to a valid region.'
  if (service !== 'ses') return "Credential should be scoped to correct service: 'ses'."
  if (end !== 'aws4_request') return "Credential should be scoped with a valid terminator: 'aws4_request'."
  if (date !== String(headers['x-amz-date'] ?? '').slice(0, 8))
    return 'Date in Credential scope does not match X-Amz-Date.'
  return signedHeaders.split(';').includes('host')
    ? undefined
    : "'Host' must be a 'SignedHeader' in the AWS Authorization."
}

function timeFault({ headers }: SignedRequest, nowMs: number): string | undefined {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(headers['x-amz-date'] ?? '')) ?? []
  const [year, month, day, hour, minute, second] = parts.map(Number) as [number, number, number, number, number, number]
  const signedAt = parts.length === 6 ? Date.UTC(year, month - 1, day, hour, minute, second) : Number.NaN
  return Math.abs(signedAt - nowMs) <= SKEW_MAX_MS ? undefined : 'Signature expired or not yet current.'
}

function signatureOf(request: SignedRequest, authorization: Authorization, secret: string): string {
  const [path = '', query = ''] = request.target.split(/\?(.*)/s)
  const names = authorization.signedHeaders.split(';')
  const canonical = [
    request.method,
    canonicalPath(path),
    canonicalQuery(query),
    ...names.map((name) => `${name}:${headerText(request.headers[name])}`),
    '',
    authorization.signedHeaders,
    createHash('sha256').update(request.body).digest('hex'),
  ].join('\n')
  const date = String(request.headers['x-amz-date'] ?? '')
  const toSign = ['AWS4-HMAC-SHA256', date, authorization.scope, createHash('sha256').update(canonical).digest('hex')]
  const key = authorization.scope
    .split('/')
    .reduce<Buffer>((signing, part) => hmac(signing, part), Buffer.from(`AWS4${secret}`))
  return hmac(key, toSign.join('\n')).toString('hex')
}

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** All services but S3 encode the path a second time. */
function canonicalPath(path: string): string {
  return path.split('/').map(uriEncoded).join('/') || '/'
}

function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', value = ''] = pair.split(/=(.*)/s)
      return [name, value].map((part) => uriEncoded(uriDecoded(part))).join('=')
    })
    .sort()
    .join('&')
}

function uriDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** RFC 3986 unreserved characters stay; encodeURIComponent leaves five more. */
function uriEncoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

function headerText(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value.join(',') : (value ?? '')).trim().replaceAll(/ +/g, ' ')
}
