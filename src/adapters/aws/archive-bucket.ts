// The bucket of the archive: puts whole objects that are not there yet, lists them and reads them. Its rules: nothing in the
// bucket is ever written over or deleted from here, and an object counts as kept when S3 has confirmed its SHA-256.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { DAY_MS } from '../../core/base/clock.ts'
import { nameOf, SEALED, withPart, type ObjectName } from './archive-object.ts'
import { answerName, clientSettings, whatCame, type AwsPlace } from './place.ts'

export interface BucketOptions extends AwsPlace {
  readonly bucket: string
  /** In front of every name, with a '/' behind it: each gateway has its own. */
  readonly prefix: string
  /** Id, ARN or alias of the KMS key that seals the objects; without it the bucket's own default does. */
  readonly kmsKey?: string
}

export interface KeptObject extends ObjectName {
  readonly octets: number
}

export interface ArchiveBucket {
  /** Resolves when the file's octets are an object of its hour, whoever put it there and however often it is asked for. */
  keep(name: ObjectName, file: string): Promise<void>
  /** The objects of a kind that begin on these days, in no order. */
  list(kind: string, fromAt: number, toAt: number): Promise<readonly KeptObject[]>
  read(name: ObjectName): Promise<Readable>
  stop(): void
}

/** An object of an hour is tens of MB at most; on a slow line that takes a minute. */
const ANSWER_TIMEOUT_MS = 120_000
/** By which an object is recognised later; S3 tells a checksum only to who may use the KMS key. */
const SUM = 'watari-sha256'
/** An hour has one object, and after a clock that was set back some more. */
const PARTS_MAX = 100
/** 1,000 names a page; seven years of hours are 62 pages. */
const PAGES_MAX = 1_000

export function archiveBucket(options: BucketOptions): ArchiveBucket {
  const { bucket: Bucket, prefix } = options
  const client = new S3Client({
    ...clientSettings(options, ANSWER_TIMEOUT_MS),
    // Only an address that is not AWS's own has no names for buckets.
    forcePathStyle: options.endpoint !== undefined || process.env['AWS_ENDPOINT_URL_S3'] !== undefined,
  })
  return {
    stop: () => client.destroy(),
    async keep(name, file) {
      const sum = await sha256(file)
      for (let part = name.part; part < name.part + PARTS_MAX; part += 1) {
        const Key = `${prefix}${withPart(name, part)}${SEALED}`
        if (await put(client, options, { Key, file, sum })) return
        // The name is taken: by these very octets, when the answer to the put before was lost, or by other records.
        const there = await asked('HeadObject', Key, () => client.send(new HeadObjectCommand({ Bucket, Key })))
        if (there.Metadata?.[SUM] === sum) return
      }
      throw new Error(`${Bucket} has more than ${PARTS_MAX} objects of the hour ${name.stem}`)
    },
    list: (kind, fromAt, toAt) => listed(client, options, { kind, fromAt, toAt }),
    async read({ stem }) {
      const Key = `${prefix}${stem}${SEALED}`
      const { Body } = await asked('GetObject', Key, () => client.send(new GetObjectCommand({ Bucket, Key })))
      return Body as Readable
    },
  }
}

/** False when the name is taken. */
async function put(
  client: S3Client,
  { bucket, kmsKey }: BucketOptions,
  { Key, file, sum }: { readonly Key: string; readonly file: string; readonly sum: string },
): Promise<boolean> {
  const { size } = await stat(file)
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key,
    Body: createReadStream(file),
    ContentLength: size,
    ContentType: 'application/gzip',
    // S3 refuses octets that are not these.
    ChecksumSHA256: sum,
    Metadata: { [SUM]: sum },
    IfNoneMatch: '*',
    // With a key of the bucket a day of objects asks KMS a few times, not once an object.
    ...(kmsKey === undefined ? {} : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKey, BucketKeyEnabled: true }),
  })
  return asked('PutObject', Key, () =>
    client.send(command).then(
      () => true,
      (error: unknown) => (answerName(error) === 'PreconditionFailed' ? false : Promise.reject(error as Error)),
    ),
  )
}

interface Days {
  readonly kind: string
  readonly fromAt: number
  readonly toAt: number
}

async function listed(
  client: S3Client,
  { bucket, prefix }: BucketOptions,
  { kind, fromAt, toAt }: Days,
): Promise<readonly KeptObject[]> {
  const found: KeptObject[] = []
  const Prefix = `${prefix}${kind}/`
  // Behind everything of the day before: '/' follows '.' and '-', and digits follow both.
  let StartAfter = `${Prefix}${dayText(Math.floor(fromAt / DAY_MS) * DAY_MS)}`
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const command = new ListObjectsV2Command({ Bucket: bucket, Prefix, StartAfter })
    const { Contents = [], IsTruncated } = await asked('ListObjectsV2', Prefix, () => client.send(command))
    for (const { Key = '', Size = 0 } of Contents) {
      const name = nameOf(Key.slice(prefix.length), SEALED)
      if (name !== undefined) found.push({ ...name, octets: Size })
    }
    const last = Contents.at(-1)?.Key
    const isOver = last === undefined || (found.at(-1)?.startAt ?? 0) >= toAt
    if (IsTruncated !== true || isOver) return found.filter(({ startAt }) => startAt < toAt)
    StartAfter = last
  }
  throw new Error(`${bucket} holds more than ${PAGES_MAX} pages of names under ${Prefix}`)
}

function dayText(dayAt: number): string {
  return new Date(Math.max(0, dayAt)).toISOString().slice(0, 10).replaceAll('-', '/')
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array)
  return hash.digest('base64')
}

function asked<T>(action: string, key: string, call: () => Promise<T>): Promise<T> {
  return call().catch((error: unknown) => {
    const mend = MENDING[answerName(error) ?? '']
    return Promise.reject(
      new Error(`${action} of ${key} failed: ${whatCame('S3', error)}${mend === undefined ? '' : `: ${mend}`}`),
    )
  })
}

const MENDING: Readonly<Record<string, string>> = {
  AccessDenied: 'allow the call, and the use of the KMS key, to these credentials',
  NoSuchBucket: 'make the bucket of archive.bucket in the region of the plan',
  PermanentRedirect: 'the bucket is in another region than that of the plan',
  InvalidObjectState: 'it lies in Glacier: restore it with RestoreObject and ask again',
}
