// Headers that a message may hold once; a second copy is refused, names compared without case
// (AWS guide, "header-fields"; the answer names the header as that page spells it).

const NAMES = `Accept-Language acceptLanguage Archived-At Auto-Submitted Bounces-to Comments Content-Alternative
  Content-Base Content-Class Content-Description Content-Disposition Content-Duration Content-ID Content-Language
  Content-Length Content-Location Content-MD5 Content-Transfer-Encoding Content-Type Date Delivered-To
  Disposition-Notification-Options Disposition-Notification-To DKIM-Signature DomainKey-Signature Errors-To From
  Importance In-Reply-To Keywords List-Archive List-Help List-Id List-Owner List-Post List-Subscribe List-Unsubscribe
  List-Unsubscribe-Post Message-Context Message-ID MIME-Version Organization Original-From Original-Message-ID
  Original-Recipient Original-Subject Precedence Priority References Reply-To Return-Path Return-Receipt-To Sender
  Solicitation Subject Thread-Index Thread-Topic User-Agent VBR-Info`

/** Lower-cased name to the name as it is shown. */
export const SINGLE_HEADERS: ReadonlyMap<string, string> = new Map(
  NAMES.split(/\s+/).map((name) => [name.toLowerCase(), name]),
)
