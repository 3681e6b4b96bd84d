// The rules of ARCHITECTURE.md as data: who may import whom, and which words core must not use.
// Each rule says why, because the message is all that its breaker will read.
import { circlesIn, type SourceFile } from './source.ts'

const FILE_LINES_MAX = 300
const HANDLER_LINES_MAX = 40
const TYPE_ONLY_PACKAGES_OF_CORE: readonly string[] = []

interface ImportRule {
  readonly name: string
  readonly why: string
  readonly from: RegExp
  readonly forbids: (imported: string, importer: string) => boolean
}

const inside = (folder: string) => (path: string) => path.startsWith(`src/${folder}/`)
const isOurs = (path: string) => path.startsWith('src/')
/** `src/adapters/smtp/courier.ts` → `smtp` */
const adapterFolder = (path: string) => /^src\/adapters\/([^/]+)\//.exec(path)?.[1]

const IMPORT_RULES: readonly ImportRule[] = [
  {
    name: 'core-is-pure',
    why: 'core imports core and nothing else: no node: module, no package, no adapter. Move the call behind a port.',
    from: /^src\/core\//,
    forbids: (to) => !inside('core')(to) && !TYPE_ONLY_PACKAGES_OF_CORE.includes(to),
  },
  {
    name: 'base-is-the-bottom',
    why: 'core/base knows no feature.',
    from: /^src\/core\/base\//,
    forbids: (to) => isOurs(to) && !inside('core/base')(to),
  },
  {
    name: 'mail-asks-shift-only-for-a-route',
    why: 'core/mail knows which way to go (shift/route, shift/stage), never how the shift decides.',
    from: /^src\/core\/mail\//,
    forbids: (to) =>
      /^src\/core\/(shift|dkim|plan|feedback)\//.test(to) && !/^src\/core\/shift\/(route|stage)\.ts$/.test(to),
  },
  {
    name: 'shift-dkim-and-plan-stand-alone',
    why: 'shift, dkim and plan see only base, so that each can be read, tested and removed alone.',
    from: /^src\/core\/(shift|dkim|plan)\//,
    forbids: (to, from) => {
      const own = /^src\/core\/(\w+)\//.exec(from)?.[1]
      return inside('core')(to) && !inside('core/base')(to) && !inside(`core/${own}`)(to)
    },
  },
  {
    name: 'feedback-knows-mail',
    why: 'core/feedback speaks of mails and answers by mail; it sees base, mail and watch, and decides nothing of the shift.',
    from: /^src\/core\/feedback\//,
    forbids: (to) => inside('core')(to) && !/^src\/core\/(base|mail|watch|feedback)\//.test(to),
  },
  {
    name: 'adapters-are-siblings',
    why: 'an adapter sees core and its own folder, never another adapter. Wiring brings them together.',
    from: /^src\/adapters\//,
    forbids: (to, from) => isOurs(to) && !inside('core')(to) && adapterFolder(to) !== adapterFolder(from),
  },
  {
    name: 'aws-sdk-only-in-adapters',
    why: 'AWS SDK clients live in adapters/aws and adapters/ses.',
    from: /^src\/(?!adapters\/(aws|ses)\/)/,
    forbids: (to) => /^@(aws-sdk|smithy|aws-crypto)\//.test(to),
  },
  {
    name: 'stand-in-shares-nothing',
    why: 'a stand-in that shares code with what it tests hides bugs.',
    from: /^src\/standin\//,
    forbids: (to) => isOurs(to) && !inside('standin')(to),
  },
  {
    name: 'only-wiring-wires',
    why: 'entry points get finished parts from wiring; they never build adapters or stand-ins.',
    from: /^src\/(gateway|cli|lambda|console)\//,
    forbids: (to) => inside('adapters')(to) || inside('standin')(to),
  },
  {
    name: 'wiring-is-for-entry-points',
    why: 'dependencies point inwards: only entry points import wiring.',
    from: /^src\/(core|adapters|standin)\//,
    forbids: (to) => inside('wiring')(to),
  },
  {
    name: 'nobody-imports-infra',
    why: 'running code never sees CDK.',
    from: /^src\//,
    forbids: (to) => to.startsWith('infra/') || to.startsWith('aws-cdk-lib'),
  },
]

/** Words that make core depend on the moment, on chance or on the machine, with what to use instead. */
const IMPURE: readonly { readonly word: RegExp; readonly instead: string }[] = [
  { word: /\bDate\.now\(/, instead: 'take nowMs as an argument' },
  { word: /\bnew Date\(\s*\)/, instead: 'take nowMs as an argument' },
  { word: /\bMath\.random\(/, instead: 'take a random number as an argument' },
  { word: /\bset(Timeout|Interval|Immediate)\(/, instead: 'take a Clock (base/clock.ts)' },
  { word: /\bprocess\./, instead: 'take the value as an argument' },
  { word: /\bperformance\.now\(/, instead: 'take nowMs as an argument' },
]

/** Facts that one file owns; elsewhere they are a leak of protocol into policy. */
const OWNED_WORDS: readonly { readonly word: RegExp; readonly owners: RegExp; readonly why: string }[] = [
  {
    word: /TooManyRequestsException|MailFromDomainNotVerified|SendingPausedException|AccountSuspendedException|Throttling failure/,
    owners: /^src\/(adapters\/ses\/outcomes\.ts|standin\/)/,
    why: 'only adapters/ses/outcomes.ts knows the names and texts of SES errors',
  },
]

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1')
}

function brokenImports(file: SourceFile): string[] {
  return IMPORT_RULES.filter((rule) => rule.from.test(file.path)).flatMap((rule) =>
    file.imports
      .filter((imported) => rule.forbids(imported, file.path))
      .map((imported) => `${file.path} imports ${imported}: ${rule.name}, ${rule.why}`),
  )
}

function brokenWords(file: SourceFile): string[] {
  const text = withoutComments(file.text)
  const impure = file.path.startsWith('src/core/')
    ? IMPURE.filter(({ word }) => word.test(text)).map(
        ({ word, instead }) => `${file.path} uses ${word.source}: core has no clock and no chance, ${instead}`,
      )
    : []
  const leaked = OWNED_WORDS.filter(({ word, owners }) => !owners.test(file.path) && word.test(text)).map(
    ({ word, why }) => `${file.path} uses ${word.source}: ${why}`,
  )
  return [...impure, ...leaked]
}

function brokenSizes(file: SourceFile): string[] {
  const lines = file.text.trimEnd().split('\n').length
  const max = file.path.startsWith('src/lambda/') ? HANDLER_LINES_MAX : FILE_LINES_MAX
  return lines > max ? [`${file.path} has ${lines} lines, the limit is ${max}: split it by idea`] : []
}

/** What is wrong with these files, a sentence each; empty when all is well. */
export function faultsIn(files: readonly SourceFile[]): string[] {
  return [
    ...files.flatMap(brokenImports),
    ...files.flatMap(brokenWords),
    ...files.flatMap(brokenSizes),
    ...circlesIn(files).map((circle) => `${circle.join(' -> ')}: a circle means two files are one idea`),
  ]
}
