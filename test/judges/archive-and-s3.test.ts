// The archive in S3 against an emulator that others wrote: the contract of every archive, and what only a bucket can do to it.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bucketArchive, bucketReader } from '../../src/adapters/aws/archive.ts'
import { folderArchive } from '../../src/adapters/local/archive.ts'
import type { Archive } from '../../src/core/watch/archive.ts'
import { all, archiveContract, HOUR_21, noise, type ArchiveWorld } from '../contracts/archive.contract.ts'
import { describeJudged } from '../support/judge.ts'
import { freePort } from '../support/loopback-relay.ts'
import { MOTO_CREDENTIALS, motoJudge, startMoto, type Moto } from '../support/moto.ts'

const HOUR = 3_600_000
const REGION = 'ap-northeast-1'
const PREFIX = 'watari/gw1/'
const OBJECT = 'events/2026/11/25/21.jsonl.gz'

let moto: Moto | undefined
let client: S3Client
let buckets = 0

interface BucketWorld extends ArchiveWorld {
  readonly bucket: string
  readonly folder: string
  /** AWS is elsewhere from the next opening on. */
  elsewhere(endpoint: string): void
  readonly options: () => Parameters<typeof bucketReader>[0]
}

async function bucketWorld(change: { readonly kmsKey?: string } = {}): Promise<BucketWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'watari-archive-'))
  const bucket = `archive-${(buckets += 1)}`
  await client.send(
    new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }),
  )
  let now = HOUR_21
  let { endpoint } = moto!
  const opened: Archive[] = []
  const options = () => ({
    region: REGION,
    credentials: MOTO_CREDENTIALS,
    endpoint,
    bucket,
    prefix: PREFIX,
    folder,
    now: () => now,
    days: 30,
    ...change,
  })
  return {
    bucket,
    folder,
    options,
    elsewhere: (other) => {
      endpoint = other
    },
    at: (atMs) => {
      now = atMs
    },
    async open() {
      opened.push(bucketArchive(await folderArchive({ ...options(), onTrouble: () => {} }), options()))
      return opened.at(-1)!
    },
    async sealed() {
      await opened.at(-1)!.tend()
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }))
      return Contents.map(({ Key = '', Size = 0 }) => ({ name: Key.slice(PREFIX.length), octets: Size }))
    },
    async end() {
      await Promise.all(opened.map((archive) => archive.close()))
      rmSync(folder, { recursive: true })
    },
  }
}

async function inBucket(act: (world: BucketWorld) => Promise<void>, change = {}): Promise<void> {
  const world = await bucketWorld(change)
  world.at(HOUR_21 + 1_000)
  try {
    await act(world)
  } finally {
    await world.end()
  }
}

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.includes('.jsonl'))
    .toSorted()

const numbers = async (archive: Pick<Archive, 'read'>) =>
  (await all(archive as Archive)).map(({ fields }) => fields['n'])

describeJudged('S3', motoJudge, () => {
  beforeAll(async () => {
    moto = await startMoto()
    const { endpoint } = moto
    client = new S3Client({ region: REGION, endpoint, credentials: MOTO_CREDENTIALS, forcePathStyle: true })
  })
  afterAll(async () => {
    client.destroy()
    await moto?.stop()
  })

  describe('as an archive', () => {
    archiveContract(bucketWorld)
  })

  test('an hour that is over is one object, sealed by the KMS key, and leaves the folder', () =>
    inBucket(
      async (world) => {
        const archive = await world.open()
        await archive.add('events', [{ n: 1 }])
        expect(await world.sealed()).toEqual([])
        expect(filesIn(world.folder)).toEqual(['events/2026/11/25/21.jsonl'])
        world.at(HOUR_21 + 3 * HOUR)
        expect((await world.sealed()).map(({ name }) => name)).toEqual([OBJECT])
        expect(filesIn(world.folder)).toEqual([])
        const head = await client.send(new HeadObjectCommand({ Bucket: world.bucket, Key: `${PREFIX}${OBJECT}` }))
        expect(head).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'alias/watari' })
        expect(await numbers(archive)).toEqual([1])
      },
      { kmsKey: 'alias/watari' },
    ))

  test('a crash after S3 took the object and before the file went leaves one object, and no record twice', () =>
    inBucket(async (world) => {
      world.elsewhere(`http://127.0.0.1:${await freePort(['127.0.0.1'])}`)
      const cut = await world.open()
      await cut.add('events', [{ n: 1 }])
      world.at(HOUR_21 + 3 * HOUR)
      await expect(cut.tend()).rejects.toThrow('gave no answer')
      const octets = readFileSync(join(world.folder, OBJECT))
      world.elsewhere(moto!.endpoint)
      await (await world.open()).tend()
      expect(filesIn(world.folder)).toEqual([])
      // The file is still there, because the crash came first.
      writeFileSync(join(world.folder, OBJECT), octets)
      expect(await numbers(await world.open())).toEqual([1])
      expect(await world.sealed()).toHaveLength(1)
      expect(filesIn(world.folder)).toEqual([])
    }))

  test('an object of other records under the same name is never written over: the second has a number', () =>
    inBucket(async (world) => {
      const others = gzipSync('{"keptAt":"2026-11-25T21:00:00.000Z","n":"other"}\n')
      const Key = `${PREFIX}${OBJECT}`
      await client.send(new PutObjectCommand({ Bucket: world.bucket, Key, Body: others }))
      const archive = await world.open()
      await archive.add('events', [{ n: 1 }])
      world.at(HOUR_21 + 3 * HOUR)
      expect((await world.sealed()).map(({ name }) => name)).toEqual(['events/2026/11/25/21-1.jsonl.gz', OBJECT])
      const kept = await client.send(new GetObjectCommand({ Bucket: world.bucket, Key }))
      expect(Buffer.from(await kept.Body!.transformToByteArray())).toEqual(others)
      expect(await numbers(archive)).toEqual(['other', 1])
    }))

  test('without AWS what is added stays in the folder, and goes when AWS is there again, oldest first', () =>
    inBucket(async (world) => {
      world.elsewhere(`http://127.0.0.1:${await freePort(['127.0.0.1'])}`)
      const cut = await world.open()
      for (const hour of [0, 3, 6]) {
        world.at(HOUR_21 + hour * HOUR)
        // oxlint-disable-next-line no-await-in-loop -- one hour after the other
        await cut.add('events', [{ hour }, ...noise(150_000)])
      }
      await expect(cut.tend()).rejects.toThrow(
        'PutObject of watari/gw1/events/2026/11/25/21.jsonl.gz failed: S3 gave no answer',
      )
      expect(filesIn(world.folder)).toHaveLength(3)
      world.elsewhere(moto!.endpoint)
      world.at(HOUR_21 + 9 * HOUR)
      const again = await world.open()
      expect((await world.sealed()).map(({ name }) => name)).toEqual([
        OBJECT,
        'events/2026/11/26/00.jsonl.gz',
        'events/2026/11/26/03.jsonl.gz',
      ])
      const hours = (await all(again)).map(({ fields }) => fields['hour'])
      expect(hours.filter((hour) => hour !== undefined)).toEqual([0, 3, 6])
    }))

  test('a bucket that is not there says what to do, and the file stays', () =>
    inBucket(async (world) => {
      const options = { ...world.options(), bucket: 'no-such-bucket' }
      const archive = bucketArchive(await folderArchive({ ...options, onTrouble: () => {} }), options)
      await archive.add('events', [{ n: 1 }])
      world.at(HOUR_21 + 3 * HOUR)
      await expect(archive.tend()).rejects.toThrow('make the bucket of archive.bucket in the region of the plan')
      expect(filesIn(world.folder)).toEqual([OBJECT])
      await archive.close()
    }))

  test('a damaged object is told by its name, and the others are read', () =>
    inBucket(async (world) => {
      const Key = `${PREFIX}events/2026/11/24/03.jsonl.gz`
      await client.send(
        new PutObjectCommand({ Bucket: world.bucket, Key, Body: gzipSync('{"n":1}\n').subarray(0, 12) }),
      )
      await (await world.open()).add('events', [{ n: 2 }])
      const damage: string[] = []
      const found: unknown[] = []
      const reader = bucketReader(world.options())
      const query = { kind: 'events', fromAt: 0, toAt: HOUR_21 + 48 * HOUR } as const
      for await (const { fields } of reader.read(query, ({ object, message }) =>
        damage.push(`${object}: ${message}`),
      )) {
        found.push(fields['n'])
      }
      expect(found).toEqual([2])
      expect(damage).toEqual(['events/2026/11/24/03: unexpected end of file'])
    }))
})
