// The stand-in's own HTTP interface under /_standin: look at what was delivered and published, cause faults, move time.
// Bodies are JSON with that content type, which a page of another origin cannot send unasked.
import type { HttpBindings } from '@hono/node-server'
import { Hono, type Context } from 'hono'
import type { z } from 'zod'
import { closeReview } from './account-operations.ts'
import { ApiError, readShape } from './api-errors.ts'
import type { DnsServer } from './dns-server.ts'
import type { EventPublisher } from './event-publisher.ts'
import type { FateBook } from './fates.ts'
import type { Faults } from './faults.ts'
import type { LegacyStandin } from './legacy.ts'
import { deliveredContent, type DeliveredMail, type Mailbox } from './mailbox.ts'
import * as shapes from './knob-shapes.ts'
import type { OutcomeLog } from './outcome-log.ts'
import type { SmtpCounts } from './smtp-session.ts'
import { type Account, identityKey } from './state.ts'
import type { Verification } from './verification.ts'
import { zoneLines } from './zone-lines.ts'

export interface KnobParts {
  readonly account: Account
  readonly verification: Verification
  readonly publisher: EventPublisher
  readonly mailbox: Mailbox
  readonly fates: FateBook
  readonly outcomes: OutcomeLog
  readonly faults: Faults
  readonly legacy: LegacyStandin
  readonly dns: DnsServer
  readonly smtpCounts: SmtpCounts
  /** Cuts all SMTP connections of the SES side. */
  readonly cutAll: () => number
}

type Ctx = Context<{ Bindings: HttpBindings }>
const LIST_MAX = 100
/** Outcomes in one page: some megabytes. */
const OUTCOMES_MAX = 20_000

export function createKnobs(parts: KnobParts): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  lookingRoutes(app, parts)
  faultRoutes(app, parts)
  accountRoutes(app, parts)
  return app
}

async function body<T extends z.ZodType>(c: Ctx, shape: T): Promise<z.infer<T>> {
  if (!(c.req.header('content-type') ?? '').startsWith('application/json')) {
    throw new ApiError({ status: 415, type: 'UnsupportedMediaType', message: 'Send application/json.' })
  }
  const text = await c.req.text()
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new ApiError({ status: 400, type: 'SerializationException', message: 'Could not parse the body as JSON.' })
  }
  return readShape(shape, value)
}

function lookingRoutes(app: Hono<{ Bindings: HttpBindings }>, parts: KnobParts): void {
  const { account, mailbox, publisher, legacy } = parts
  app.get('/state', (c) => c.json(overview(parts)))
  app.get('/mails', (c) => {
    const [name, value] = (c.req.query('tag') ?? '').split(':')
    const tag = name && value !== undefined ? { name, value } : undefined
    const limit = Number(c.req.query('limit') ?? LIST_MAX) || LIST_MAX
    return c.json({ mails: mailbox.find({ recipient: c.req.query('recipient'), tag, limit }).map(summaryOf) })
  })
  app.get('/mails/:id', async (c) => {
    const mail = mailbox.get(c.req.param('id'))
    if (mail === undefined) throw new ApiError({ status: 404, type: 'NotFound', message: 'No such mail is kept.' })
    return c.body(new Uint8Array(await deliveredContent(mail)), 200, { 'content-type': 'message/rfc822' })
  })
  app.delete('/mails', (c) => {
    mailbox.clear()
    return c.json({})
  })
  app.get('/events', (c) => {
    const id = c.req.query('messageId')
    const events = publisher.recent().filter(({ body }) => id === undefined || JSON.stringify(body).includes(id))
    return c.json({ events: events.slice(-(Number(c.req.query('limit') ?? LIST_MAX) || LIST_MAX)) })
  })
  app.get('/outcomes', (c) => {
    const outcomes = parts.outcomes.from(Number(c.req.query('from') ?? 0) || 0, OUTCOMES_MAX)
    return c.json({ count: parts.outcomes.count(), outcomes })
  })
  app.get('/legacy/mails', (c) => {
    const from = Number(c.req.query('from') ?? 0) || 0
    const mails = legacy.mails().slice(from, from + LIST_MAX)
    return c.json({ mails: mails.map(({ content, ...mail }) => ({ ...mail, size: content.length })) })
  })
  app.get('/legacy/mails/:id', (c) => {
    const mail = legacy.mails().find(({ id }) => id === c.req.param('id'))
    if (mail === undefined) throw new ApiError({ status: 404, type: 'NotFound', message: 'No such mail is kept.' })
    return c.body(new Uint8Array(mail.content), 200, { 'content-type': 'message/rfc822' })
  })
  app.get('/clock', (c) => c.json({ now: new Date(account.clock.now()).toISOString() }))
  app.post('/clock', async (c) => {
    await account.clock.advance((await body(c, shapes.CLOCK)).advanceMs)
    return c.json({ now: new Date(account.clock.now()).toISOString() })
  })
}

function overview({ account, mailbox, publisher, legacy, smtpCounts, dns }: KnobParts): object {
  return {
    now: new Date(account.clock.now()).toISOString(),
    region: account.region,
    settings: account.settings,
    reputation: { status: account.reputation.status(), ...account.reputation.rates() },
    smtp: smtpCounts,
    delivered: mailbox.counts,
    events: publisher.counts,
    legacy: legacy.counts,
    dns: { port: dns.port, records: dns.zones.list().length },
  }
}

function summaryOf(mail: DeliveredMail): object {
  const { id, acceptedAt, recipients, returnPath, configurationSetName, tags, signers, submission } = mail
  return {
    id,
    acceptedAt: new Date(acceptedAt).toISOString(),
    via: submission.via,
    source: submission.source,
    recipients,
    returnPath,
    configurationSetName,
    tags,
    signedBy: signers.map(({ domain, key }) => `${key.selector}._domainkey.${domain}`),
    size: submission.message.size,
  }
}

function faultRoutes(
  app: Hono<{ Bindings: HttpBindings }>,
  { faults, legacy, fates, publisher, cutAll }: KnobParts,
): void {
  for (const [path, book] of [
    ['/faults', faults],
    ['/legacy/faults', legacy.faults],
  ] as const) {
    app.get(path, (c) => c.json({ faults: book.list() }))
    app.post(path, async (c) => {
      book.add(await body(c, shapes.FAULT))
      return c.json({ faults: book.list() })
    })
    app.delete(path, (c) => {
      book.clear()
      return c.json({})
    })
  }
  app.post('/connections/cut', (c) => c.json({ cut: cutAll() }))
  app.post('/legacy/connections/cut', (c) => c.json({ cut: legacy.cutAll() }))
  app.post('/fates', async (c) => {
    for (const rule of (await body(c, shapes.FATES)).fates) fates.add(rule)
    return c.json({})
  })
  app.delete('/fates', (c) => {
    fates.clear()
    return c.json({})
  })
  app.put('/receivers', async (c) => {
    const { arn, url } = await body(c, shapes.RECEIVER)
    publisher.route(arn, url ?? undefined)
    return c.json({})
  })
  app.post('/disorder', async (c) => {
    publisher.disorder(await body(c, shapes.DISORDER))
    return c.json({})
  })
}

function accountRoutes(app: Hono<{ Bindings: HttpBindings }>, { account, verification, dns }: KnobParts): void {
  app.post('/settings', async (c) => {
    Object.assign(account.settings, await body(c, shapes.SETTINGS))
    return c.json(account.settings)
  })
  app.post('/verify', async (c) => {
    const { identity: name, confirm } = await body(c, shapes.VERIFY)
    const identity = account.identities.get(identityKey(name))
    if (identity === undefined) throw new ApiError({ status: 404, type: 'NotFound', message: 'No such identity.' })
    // An address is verified by its owner, who clicks on a link.
    if (confirm === true) identity.verified = true
    await verification.checkNow(identity)
    return c.json({
      verified: identity.verified,
      dkim: identity.dkim.status,
      mailFrom: identity.mailFrom?.status ?? null,
    })
  })
  app.post('/account', async (c) => {
    const { enforcement, suspended, review } = await body(c, shapes.ACCOUNT)
    if (enforcement) account.reputation.set(enforcement)
    if (suspended !== undefined) account.suspended = suspended
    if (review) closeReview(account, review)
    return c.json({})
  })
  app.post('/credentials', async (c) => {
    account.credentials.add(await body(c, shapes.CREDENTIAL))
    return c.json({})
  })
  app.delete('/credentials/:id', (c) => c.json({ removed: account.credentials.remove(c.req.param('id')) }))
  app.get('/dns', (c) => c.json({ records: dns.zones.list() }))
  app.post('/dns', async (c) => {
    const { addZones = [], remove = [], add = [], failing } = await body(c, shapes.DNS)
    for (const zone of addZones) dns.zones.addZone(zone)
    for (const { name, type } of remove) dns.zones.remove(name, type)
    for (const record of add) addRecord(dns, record)
    if (failing !== undefined) dns.fail(failing)
    return c.json({ records: dns.zones.list().length })
  })
  // Lines of a zone file, as a request to a DNS team has them: each takes the place of what its name had of its type.
  app.post('/dns/zone', async (c) => {
    const records = zoneLines(await c.req.text())
    if ('fault' in records) throw new ApiError({ status: 400, type: 'BadRequest', message: records.fault })
    for (const { name, type } of records) dns.zones.remove(name, type)
    for (const record of records) addRecord(dns, record)
    return c.json({ entered: records.length })
  })
}

function addRecord(dns: DnsServer, record: z.infer<typeof shapes.DNS_RECORD>): void {
  try {
    dns.zones.add(record)
  } catch (error) {
    throw new ApiError({ status: 400, type: 'BadRequest', message: (error as Error).message })
  }
}
