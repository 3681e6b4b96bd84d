// Shapes of the SESv2 requests with the constraints of the service model; nothing here acts.
import { z } from 'zod'
import { EVENT_TYPES } from './state.ts'

/** A member that is null counts as left out; `readShape` sees to that. */
const optional = <T extends z.ZodType>(shape: T): z.ZodOptional<T> => shape.optional()
const boolean = z.boolean()
const text = z.string()

export const REASON = z.enum(['BOUNCE', 'COMPLAINT'])
const TAGS = z.array(z.object({ Key: text, Value: text }))
/** Service model: Selector. One label: no dot, no underscore. */
const SELECTOR = text
  .min(1)
  .max(63)
  .regex(/^(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))$/)
/** Service model: PrivateKey. Base64 in one line, no armour. */
const PRIVATE_KEY = text
  .min(1)
  .max(20_480)
  .regex(/^[a-zA-Z0-9+/]+={0,2}$/)
const KEY_LENGTH = z.enum(['RSA_1024_BIT', 'RSA_2048_BIT'])
/** The model lists every region after `AWS_SES_`. */
const ORIGIN = text.regex(/^(AWS_SES(_[A-Z0-9_]+)?|EXTERNAL)$/)
const CONFIGURATION_SET_NAME = text
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9_-]+$/)

const DKIM_SIGNING = z.object({
  DomainSigningSelector: optional(SELECTOR),
  DomainSigningPrivateKey: optional(PRIVATE_KEY),
  NextSigningKeyLength: optional(KEY_LENGTH),
  DomainSigningAttributesOrigin: optional(ORIGIN),
})
export type DkimSigning = z.infer<typeof DKIM_SIGNING>

export const CREATE_IDENTITY = z.object({
  EmailIdentity: text.min(1),
  Tags: optional(TAGS),
  DkimSigningAttributes: optional(DKIM_SIGNING),
  ConfigurationSetName: optional(text),
})
export const PUT_DKIM = z.object({ SigningEnabled: optional(boolean) })
export const PUT_DKIM_SIGNING = z.object({ SigningAttributesOrigin: ORIGIN, SigningAttributes: optional(DKIM_SIGNING) })
export const PUT_MAIL_FROM = z.object({
  MailFromDomain: optional(text),
  BehaviorOnMxFailure: optional(z.enum(['USE_DEFAULT_VALUE', 'REJECT_MESSAGE'])),
})
export const PUT_FEEDBACK = z.object({ EmailForwardingEnabled: optional(boolean) })
export const PUT_IDENTITY_SET = z.object({ ConfigurationSetName: optional(text) })

export const DELIVERY_OPTIONS = z.object({
  TlsPolicy: optional(z.enum(['REQUIRE', 'OPTIONAL'])),
  SendingPoolName: optional(text),
  MaxDeliverySeconds: optional(z.int().min(300).max(50_400)),
})
const VALIDATION = z.object({
  ConditionThreshold: z.looseObject({ ConditionThresholdEnabled: z.enum(['ENABLED', 'DISABLED']) }),
})
export const SUPPRESSION_OPTIONS = z.object({
  SuppressedReasons: optional(z.array(REASON)),
  ValidationOptions: optional(VALIDATION),
})
export const SENDING_OPTIONS = z.object({ SendingEnabled: optional(boolean) })
export const REPUTATION_OPTIONS = z.object({ ReputationMetricsEnabled: optional(boolean) })
export const CREATE_CONFIGURATION_SET = z.object({
  ConfigurationSetName: CONFIGURATION_SET_NAME,
  TrackingOptions: optional(z.looseObject({ CustomRedirectDomain: text })),
  DeliveryOptions: optional(DELIVERY_OPTIONS),
  ReputationOptions: optional(REPUTATION_OPTIONS),
  SendingOptions: optional(SENDING_OPTIONS),
  SuppressionOptions: optional(SUPPRESSION_OPTIONS),
  Tags: optional(TAGS),
})

const ARN = text.min(1)
export const EVENT_DESTINATION = z.object({
  Enabled: optional(boolean),
  MatchingEventTypes: optional(z.array(z.enum(EVENT_TYPES))),
  SnsDestination: optional(z.object({ TopicArn: ARN })),
  EventBridgeDestination: optional(z.object({ EventBusArn: ARN })),
  KinesisFirehoseDestination: optional(z.object({ IamRoleArn: ARN, DeliveryStreamArn: ARN })),
  PinpointDestination: optional(z.object({ ApplicationArn: optional(ARN) })),
  CloudWatchDestination: optional(
    z.object({
      DimensionConfigurations: z.array(
        z.object({
          DimensionName: text,
          DimensionValueSource: z.enum(['MESSAGE_TAG', 'EMAIL_HEADER', 'LINK_TAG']),
          DefaultDimensionValue: text,
        }),
      ),
    }),
  ),
})
export const CREATE_EVENT_DESTINATION = z.object({
  EventDestinationName: text
    .min(1)
    .max(64)
    .regex(/^[A-Za-z0-9_-]+$/),
  EventDestination: EVENT_DESTINATION,
})
export const UPDATE_EVENT_DESTINATION = z.object({ EventDestination: EVENT_DESTINATION })

export const PUT_SUPPRESSED = z.object({ EmailAddress: text, Reason: REASON })
export const PUT_ACCOUNT_SUPPRESSION = z.object({
  SuppressedReasons: optional(z.array(REASON)),
  ValidationAttributes: optional(VALIDATION),
})
export const PUT_ACCOUNT_DETAILS = z.object({
  MailType: z.enum(['MARKETING', 'TRANSACTIONAL']),
  WebsiteURL: text.min(1).max(1_000),
  ContactLanguage: optional(z.enum(['EN', 'JA'])),
  UseCaseDescription: optional(text.max(5_000)),
  AdditionalContactEmailAddresses: optional(
    z
      .array(
        text
          .min(6)
          .max(254)
          .regex(/^(.+)@(.+)$/),
      )
      .min(1)
      .max(4),
  ),
  ProductionAccessEnabled: optional(boolean),
})

const ADDRESSES = z.array(text)
const CONTENT = z.object({ Data: text, Charset: optional(text) })
export const ATTACHMENT = z.object({
  RawContent: z.base64(),
  FileName: text.max(255),
  ContentDisposition: optional(z.enum(['ATTACHMENT', 'INLINE'])),
  ContentDescription: optional(text.max(1_000)),
  ContentId: optional(text.min(1).max(78)),
  ContentTransferEncoding: optional(z.enum(['BASE64', 'QUOTED_PRINTABLE', 'SEVEN_BIT'])),
  ContentType: optional(text.min(1).max(78)),
})
export const SIMPLE = z.object({
  Subject: CONTENT,
  Body: z.object({ Text: optional(CONTENT), Html: optional(CONTENT) }),
  Headers: optional(
    z
      .array(
        z.object({
          Name: text
            .min(1)
            .max(126)
            .regex(/^[!-9;-@A-~]+$/),
          Value: text
            .min(1)
            .max(995)
            .regex(/^[ -~]*$/),
        }),
      )
      .max(15),
  ),
  Attachments: optional(z.array(ATTACHMENT)),
})
export const SEND_EMAIL = z.object({
  FromEmailAddress: optional(text),
  Destination: optional(
    z.object({ ToAddresses: optional(ADDRESSES), CcAddresses: optional(ADDRESSES), BccAddresses: optional(ADDRESSES) }),
  ),
  ReplyToAddresses: optional(ADDRESSES),
  FeedbackForwardingEmailAddress: optional(text),
  Content: z.object({
    Simple: optional(SIMPLE),
    Raw: optional(z.object({ Data: text })),
    Template: optional(z.looseObject({})),
  }),
  EmailTags: optional(z.array(z.object({ Name: text, Value: text }))),
  ConfigurationSetName: optional(text),
  EndpointId: optional(text),
  TenantName: optional(text.min(1)),
  ListManagementOptions: optional(z.object({ ContactListName: text, TopicName: optional(text) })),
})
export type SendEmail = z.infer<typeof SEND_EMAIL>
export type Simple = z.infer<typeof SIMPLE>
