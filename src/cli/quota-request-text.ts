// The request for a sending quota as a text to paste into the Service Quotas console or a support case. AWS reads it in English;
// the Japanese one is for those who sign it. What only a person knows stands in brackets.
import { SANDBOX } from '../core/plan/calendar-quota.ts'
import type { QuotaRequest } from '../core/plan/quota-request.ts'
import { paragraph } from './columns.ts'
import type { Language } from './cost-words.ts'
import { grouped } from './output.ts'

interface Section {
  readonly title: string
  readonly lines: readonly string[]
}

export function quotaRequestText(request: QuotaRequest, language: Language): string {
  const sections = language === 'ja' ? japanese(request) : english(request)
  return sections
    .map(({ title, lines }) => `${title}\n${lines.map((line) => paragraph(line, '- ')).join('')}`)
    .join('\n')
}

function english(request: QuotaRequest): readonly Section[] {
  const { domain, region, step, steps, recipientsPerDay, legacyHosts } = request
  return [
    {
      title: `Amazon SES sending quota for ${domain} in ${region}`,
      lines: [
        `Daily sending quota: ${grouped(step.askPerDay)} recipients in 24 hours.`,
        `Maximum send rate: ${grouped(step.askPerSecond)} recipients a second.`,
        `If the account is still in the sandbox (${SANDBOX.recipientsPerDay} a day, ${SANDBOX.ratePerSecond} a second), please grant production access as well.`,
        ...(request.contact === undefined ? [] : [`Contact: ${request.contact}.`]),
      ],
    },
    {
      title: 'Use case',
      lines: [
        `We move the existing mail of ${domain} from our own servers${legacyHosts === undefined ? '' : ` (${legacyHosts} ${legacyHosts === 1 ? 'host' : 'hosts'})`} to Amazon SES. The volume is not new: ${grouped(recipientsPerDay)} recipients a day today.`,
        'Kind of mail: [marketing, transactional or both, with examples].',
        'Website: [address].',
        'The same recipient always goes the same way while the share grows.',
      ],
    },
    {
      title: 'Volumes, step by step',
      lines: steps.map((one) => {
        const mark = one.percent === step.percent ? ' (this request)' : ''
        return `${one.percent} % of the recipients, at least ${hoursAt(request, one.percent)} hours: ${grouped(one.recipientsPerDay)} a day, ${grouped(one.ratePerSecond)} a second in the busiest hour known; quota needed ${grouped(one.askPerDay)} a day, ${grouped(one.askPerSecond)} a second${mark}.`
      }),
    },
    {
      title: 'How recipients are kept',
      lines: [
        'How addresses are collected, and how consent is recorded: [to be filled in].',
        'How recipients unsubscribe, and how fast that takes effect: [to be filled in].',
        'How often addresses that do not answer are removed: [to be filled in].',
      ],
    },
    { title: 'Bounces and complaints', lines: englishFeedback(request) },
    { title: 'Authentication', lines: englishSigning(request) },
  ]
}

function hoursAt({ stageHours }: QuotaRequest, percent: number): number {
  return stageHours.find((stage) => stage.percent === percent)?.leastHours ?? 0
}

function englishFeedback(request: QuotaRequest): readonly string[] {
  const { eventTypes, eventDestination, configurationSet } = request
  return [
    ...(eventTypes.length === 0
      ? ['How bounces and complaints are received: [to be filled in].']
      : [
          `Events taken (${eventTypes.join(', ')})${eventDestination === undefined ? '' : ` by ${eventDestination}`}${configurationSet === undefined ? '' : ` from the configuration set ${configurationSet}`}.`,
        ]),
    `The share stops growing when more than ${request.bouncePercentMax} % bounce or ${request.complaintPercentMax} % complain, and goes back when less than ${request.successPercentRollBack} % succeed.`,
    'How hard bounces and complaints leave the lists: [to be filled in].',
  ]
}

function englishSigning({ domain, signing }: QuotaRequest): readonly string[] {
  return [
    `DKIM: ${signing.type}${signing.bits === undefined ? '' : `, RSA ${signing.bits}`}, d=${domain}. Nothing is sent by SES before it verifies or the MAIL FROM domain is aligned.`,
    ...(signing.mailFromDomain === undefined ? [] : [`Custom MAIL FROM domain: ${signing.mailFromDomain}.`]),
    ...(signing.dmarc === undefined ? [] : [`DMARC: ${signing.dmarc}.`]),
  ]
}

function japanese(request: QuotaRequest): readonly Section[] {
  const { domain, region, step, steps, recipientsPerDay, legacyHosts } = request
  return [
    {
      title: `Amazon SES 送信上限の緩和申請: ${domain} (${region})`,
      lines: [
        '(社内確認用です。AWS への申請は英語の文面 --lang en を使ってください。)',
        `1 日あたりの上限: 24 時間で ${grouped(step.askPerDay)} 件。`,
        `送信レートの上限: 毎秒 ${grouped(step.askPerSecond)} 件。`,
        `サンドボックス (1 日 ${SANDBOX.recipientsPerDay} 件、毎秒 ${SANDBOX.ratePerSecond} 件) の場合は本番アクセスも申請します。`,
        ...(request.contact === undefined ? [] : [`連絡先: ${request.contact}。`]),
      ],
    },
    {
      title: '用途',
      lines: [
        `${domain} の既存のメールを自社サーバー${legacyHosts === undefined ? '' : ` (${legacyHosts} 台)`}から Amazon SES へ移行します。新規の送信ではなく、現在 1 日 ${grouped(recipientsPerDay)} 件を送信しています。`,
        'メールの種類: [マーケティング、トランザクション、または両方。例を記入]。',
        'ウェブサイト: [記入]。',
        '割合を増やす間も、同じ宛先は常に同じ経路で送ります。',
      ],
    },
    {
      title: '段階ごとの送信量',
      lines: steps.map((one) => {
        const mark = one.percent === step.percent ? ' (今回の申請)' : ''
        return `宛先の ${one.percent} %、${hoursAt(request, one.percent)} 時間以上: 1 日 ${grouped(one.recipientsPerDay)} 件、最も多い時間帯で毎秒 ${grouped(one.ratePerSecond)} 件。必要な上限は 1 日 ${grouped(one.askPerDay)} 件、毎秒 ${grouped(one.askPerSecond)} 件${mark}。`
      }),
    },
    {
      title: '宛先リストの管理',
      lines: [
        'アドレスの取得方法と同意の記録: [記入]。',
        '配信停止の方法と反映までの時間: [記入]。',
        '反応のないアドレスを削除する頻度: [記入]。',
      ],
    },
    { title: 'バウンスと苦情', lines: japaneseFeedback(request) },
    { title: '認証', lines: japaneseSigning(request) },
  ]
}

function japaneseFeedback(request: QuotaRequest): readonly string[] {
  const { eventTypes, eventDestination, configurationSet } = request
  return [
    ...(eventTypes.length === 0
      ? ['バウンスと苦情の受信方法: [記入]。']
      : [
          `受信するイベント: ${eventTypes.join('、')}${eventDestination === undefined ? '' : ` (${eventDestination})`}${configurationSet === undefined ? '' : `、設定セット ${configurationSet}`}。`,
        ]),
    `バウンスが ${request.bouncePercentMax} %、苦情が ${request.complaintPercentMax} % を超えると割合を増やさず、成功が ${request.successPercentRollBack} % を下回ると戻します。`,
    'ハードバウンスと苦情の宛先をリストから外す方法: [記入]。',
  ]
}

function japaneseSigning({ domain, signing }: QuotaRequest): readonly string[] {
  return [
    `DKIM: ${signing.type}${signing.bits === undefined ? '' : `、RSA ${signing.bits}`}、d=${domain}。検証されるか MAIL FROM が揃うまで SES からは送信しません。`,
    ...(signing.mailFromDomain === undefined ? [] : [`カスタム MAIL FROM ドメイン: ${signing.mailFromDomain}。`]),
    ...(signing.dmarc === undefined ? [] : [`DMARC: ${signing.dmarc}。`]),
  ]
}
