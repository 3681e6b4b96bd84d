// The section `feedback`: the port for events of SES, and who may bring them.
import { z } from 'zod'
import { host, list, oneOf, variableName, whole, yesOrNo } from './plan-fields.ts'

const topicArn = () =>
  z
    .string()
    .regex(/^arn:aws:sns:[a-z]{2}(-[a-z]+)+-\d:\d{12}:[A-Za-z0-9_-]{1,256}$/, {
      error: 'is no ARN of a standard topic',
    })
    .describe('the ARN of an SNS topic such as arn:aws:sns:ap-northeast-1:123456789012:ses-events')

const topic = z.strictObject({ arn: topicArn(), rawDelivery: yesOrNo().default(false) })

const feedback = z.strictObject({
  host: host().default('127.0.0.1'),
  port: whole(0, 65_535).default(2_590),
  topics: list(topic).default([]),
  eventBridgeTokenVariable: variableName().exactOptional(),
  // SES tries for 14 hours; complaints come for days.
  ledgerDays: whole(1, 90).default(7),
  requestsAtOnce: whole(1, 100_000).default(500),
  returns: oneOf(['watari', 'ses', 'none']).default('watari'),
  // Five percent of 200 mails a second are 600 a minute; a bad list must not bury the host that takes bounces.
  returnsPerMinute: whole(1, 1_000_000).default(3_000),
  returnsPerDomainPerMinute: whole(1, 1_000_000).default(1_500),
})

/** To be spread into the plan's schema. */
export const feedbackFields = { feedback: feedback.exactOptional() }
