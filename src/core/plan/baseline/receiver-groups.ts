// Receiving domains that one company answers for: a limit, a block or a change of mind there meets all of them at once.
// Domains that are on no list stand for themselves.

export const RECEIVER_GROUPS = [
  { name: 'docomo', domains: ['docomo.ne.jp', 'docomo-camera.ne.jp', 'mopera.net'] },
  { name: 'au', domains: ['au.com', 'ezweb.ne.jp', 'uqmobile.jp', 'auone.jp', 'auone-net.jp', 'dion.ne.jp'] },
  {
    name: 'SoftBank',
    domains: ['softbank.ne.jp', 'i.softbank.jp', 'vodafone.ne.jp', 'disney.ne.jp', 'jp-t.ne.jp', 'disneymobile.ne.jp'],
  },
  {
    name: 'Y!mobile',
    domains: ['ymobile.ne.jp', 'ymobile1.ne.jp', 'emnet.ne.jp', 'pdx.ne.jp', 'willcom.com', 'wcm.ne.jp'],
  },
  { name: 'Rakuten', domains: ['rakuten.jp', 'rakumail.jp'] },
  { name: 'Yahoo! JAPAN', domains: ['yahoo.co.jp', 'ybb.ne.jp', 'yahoo.ne.jp'] },
  { name: 'Google', domains: ['gmail.com', 'googlemail.com'] },
  {
    name: 'Microsoft',
    domains: ['outlook.com', 'outlook.jp', 'hotmail.com', 'hotmail.co.jp', 'live.jp', 'live.com', 'msn.com'],
  },
  { name: 'Apple', domains: ['icloud.com', 'me.com', 'mac.com', 'privaterelay.appleid.com'] },
  { name: 'Yahoo', domains: ['yahoo.com', 'ymail.com', 'rocketmail.com', 'aol.com', 'aol.jp'] },
] as const

const BY_DOMAIN = new Map<string, string>(
  RECEIVER_GROUPS.flatMap(({ name, domains }) => domains.map((domain) => [domain, name] as const)),
)

/** The group of a receiving domain (lower case) or of the domain it lies under; undefined for one that stands alone. */
export function receiverGroup(domain: string): string | undefined {
  for (let rest = domain; rest.includes('.'); rest = rest.slice(rest.indexOf('.') + 1)) {
    const name = BY_DOMAIN.get(rest)
    if (name !== undefined) return name
  }
  return undefined
}
