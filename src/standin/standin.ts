// Starts the whole stand-in on loopback: SES by SMTP and by API, its knobs, the legacy host, and the small DNS server.
// It shares no line with what it stands in for; docs/stand-in.md says what it knows and what it guesses.
import { createAdaptorServer } from '@hono/node-server'
import type { AddressInfo, Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import { generate } from 'selfsigned'
import { createApi, type ApiApp } from './api.ts'
import { createClock, type ClockOptions, type StandinClock } from './clock.ts'
import { createCredentials, smtpPasswordFor, type CredentialInput } from './credentials.ts'
import { createDnsChecks } from './dns-checks.ts'
import { startDnsServer, type DnsServer } from './dns-server.ts'
import { createReputation } from './enforcement.ts'
import { createEventPublisher } from './event-publisher.ts'
import { createFateBook } from './fates.ts'
import { createFaults } from './faults.ts'
import { makeDkimKey, makeToken } from './dkim-keys.ts'
import { createKnobs, type KnobParts } from './knobs.ts'
import { startLegacy } from './legacy.ts'
import { createMailbox, deliveredContent, type DeliveredMail, type MailQuery } from './mailbox.ts'
import { createOutcomeLog } from './outcome-log.ts'
import { createRollingDay, createTokenBucket } from './quota.ts'
import { plantSeed, topicArnOf, type Seed } from './seed.ts'
import { createSending } from './sending.ts'
import { createSnsSigner } from './sns-signer.ts'
import { DEFAULT_SETTINGS, type Settings } from './settings.ts'
import { listenSmtp, TLS_VERSION_MIN, type SmtpListener, type TlsFiles } from './smtp-server.ts'
import { SmtpSession, type SmtpParts } from './smtp-session.ts'
import type { Account, DkimKey } from './state.ts'
import { createSuppressionList } from './suppression.ts'
import { createVerification } from './verification.ts'

export interface StandinOptions {
  readonly region?: string
  readonly accountId?: string
  /** 0, or none, is any free port. */
  readonly ports?: {
    readonly smtp?: number
    readonly smtps?: number
    readonly api?: number
    readonly dns?: number
    readonly legacy?: number
  }
  readonly settings?: Partial<Settings>
  /** A clock of the caller's, or how to make one. */
  readonly clock?: StandinClock | ClockOptions
  readonly credentials?: CredentialInput
  /** Made at the start when not given. */
  readonly tls?: TlsFiles
  /** `address:port` of another DNS server for the verification; the small one when not given. */
  readonly dnsServer?: string
  readonly seed?: Seed
}

export interface Standin {
  readonly smtpPort: number
  readonly smtpsPort: number
  readonly apiUrl: string
  readonly dnsPort: number
  readonly legacyPort: number
  readonly credentials: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly smtpPassword: string
  }
  /** The certificate that the SMTP ports show. */
  readonly certificate: string
  /** The topic that a seeded configuration set publishes to. */
  readonly topicArn: (configurationSet: string) => string
  readonly knobs: KnobParts
  /** What was delivered by SES, the newest first. */
  mails(query?: MailQuery): DeliveredMail[]
  /** A delivered mail as its receiver has it, signatures included. */
  content(mail: DeliveredMail): Promise<Buffer>
  stop(): Promise<void>
}

/** The keys AWS shows in its examples: nobody's. */
const EXAMPLE_CREDENTIAL: CredentialInput = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
const EXAMPLE_ACCOUNT = '123456789012'
const CERTIFICATE_NAME = 'email-smtp.amazonaws.com'

export async function startStandin(options: StandinOptions = {}): Promise<Standin> {
  const credential = options.credentials ?? EXAMPLE_CREDENTIAL
  const account = createAccount(options)
  account.credentials.add(credential)
  const [tls, amazonKey, signer, dns, legacy] = await Promise.all([
    options.tls ?? makeCertificate(),
    makeDkimKey(makeToken(), 2_048),
    createSnsSigner(account.region),
    startDnsServer(options.ports?.dns),
    startLegacy(account.clock, options.ports?.legacy),
  ])
  publishAmazonses(dns, amazonKey)
  const followsAliases = () => account.settings.byodkimCname === 'follow'
  const dnsChecks = createDnsChecks(options.dnsServer ?? `127.0.0.1:${dns.port}`, followsAliases)
  const verification = createVerification(account, dnsChecks)
  const publisher = createEventPublisher(account, signer)
  const [mailbox, fates, outcomes] = [createMailbox(), createFateBook(), createOutcomeLog()]
  const faults = createFaults(() => account.settings.magicAddresses)
  const sending = createSending({ account, mailbox, publisher, fates, outcomes, amazonKey })
  const smtp = await startSmtp({ account, sending, faults }, tls, options)
  const publishAmazonKey = (name: string, key: DkimKey): void => publishKey(dns, name, key)
  const apiParts = { account, verification, publishAmazonKey, sending, faults }
  const knobs: KnobParts = {
    account,
    verification,
    publisher,
    mailbox,
    fates,
    outcomes,
    faults,
    legacy,
    dns,
    smtpCounts: smtp.counts,
    cutAll: smtp.cutAll,
  }
  const app = createApi(apiParts)
  app.route('/_standin', createKnobs(knobs))
  // Where SNS has its certificate; there the host is sns.REGION.amazonaws.com.
  app.get(new URL(signer.certificateUrl).pathname, (c) => c.text(signer.certificate))
  const api = await startApi(app, options.ports?.api)
  if (options.seed) await plantSeed(apiParts, knobs, options.seed)
  return {
    smtpPort: smtp.smtpPort,
    smtpsPort: smtp.smtpsPort,
    apiUrl: `http://127.0.0.1:${api.port}`,
    dnsPort: dns.port,
    legacyPort: legacy.port,
    credentials: { ...credential, smtpPassword: smtpPasswordFor(credential.secretAccessKey, account.region) },
    certificate: tls.cert,
    topicArn: (configurationSet) => topicArnOf(account, configurationSet),
    knobs,
    mails: (query) => mailbox.find(query),
    content: deliveredContent,
    async stop() {
      account.clock.stop()
      publisher.stop()
      await Promise.all([smtp.stop(), api.stop(), legacy.stop(), dns.stop()])
    },
  }
}

function createAccount(options: StandinOptions): Account {
  const region = options.region ?? 'ap-northeast-1'
  const settings: Settings = { ...DEFAULT_SETTINGS, ...options.settings }
  const clock = options.clock && 'now' in options.clock ? options.clock : createClock(options.clock)
  return {
    id: options.accountId ?? EXAMPLE_ACCOUNT,
    region,
    settings,
    clock,
    credentials: createCredentials(region, clock),
    identities: new Map(),
    configurationSets: new Map(),
    suppression: createSuppressionList(),
    suppressedReasons: ['BOUNCE', 'COMPLAINT'],
    sendingEnabled: true,
    suspended: false,
    reputation: createReputation(settings),
    rate: createTokenBucket(
      () => settings.maxSendRate,
      () => settings.maxSendRate * settings.burstSeconds,
    ),
    day: createRollingDay(),
    controlCalls: createTokenBucket(
      () => settings.controlCallsPerSecond,
      () => settings.controlCallsBurst,
    ),
  }
}

function publishAmazonses(dns: DnsServer, key: DkimKey): void {
  dns.zones.addZone('amazonses.com')
  // What SES sends from, here: this machine.
  dns.zones.add({ name: 'amazonses.com', type: 'TXT', value: 'v=spf1 ip4:127.0.0.1 -all' })
  publishKey(dns, `${key.selector}._domainkey.amazonses.com`, key)
}

function publishKey(dns: DnsServer, name: string, key: DkimKey): void {
  dns.zones.add({ name, type: 'TXT', value: `v=DKIM1; k=rsa; p=${key.publicKey}` })
}

async function makeCertificate(): Promise<TlsFiles> {
  const names = [CERTIFICATE_NAME, 'localhost'].map((value) => ({ type: 2 as const, value }))
  const made = await generate([{ name: 'commonName', value: CERTIFICATE_NAME }], {
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [...names, { type: 7, ip: '127.0.0.1' }] }],
  })
  return { key: made.private, cert: made.cert }
}

interface Smtp {
  readonly smtpPort: number
  readonly smtpsPort: number
  readonly counts: SmtpParts['counts']
  readonly cutAll: () => number
  stop(): Promise<void>
}

async function startSmtp(
  parts: Pick<SmtpParts, 'account' | 'sending' | 'faults'>,
  tls: TlsFiles,
  { ports }: StandinOptions,
): Promise<Smtp> {
  const listeners: SmtpListener[] = []
  const counts = { connections: 0, mails: 0, refused: 0, pipelinedCommands: 0 }
  const connections = (): number => listeners.reduce((sum, listener) => sum + listener.connections(), 0)
  const secureContext = createSecureContext({ ...tls, minVersion: TLS_VERSION_MIN })
  const onConnection = (socket: Socket): void =>
    void new SmtpSession({ ...parts, secureContext, connections, counts }, socket)
  const plain = await listenSmtp({ port: ports?.smtp ?? 0, onConnection })
  const wrapped = await listenSmtp({ port: ports?.smtps ?? 0, onConnection, tls })
  listeners.push(plain, wrapped)
  return {
    smtpPort: plain.port,
    smtpsPort: wrapped.port,
    counts,
    cutAll: () => plain.cutAll() + wrapped.cutAll(),
    async stop() {
      await Promise.all([plain.stop(), wrapped.stop()])
    },
  }
}

async function startApi(app: ApiApp, port = 0): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const server = createAdaptorServer({ fetch: app.fetch })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      if ('closeAllConnections' in server) server.closeAllConnections()
      await new Promise<void>((resolve) => void server.close(() => resolve()))
    },
  }
}
