// `watari check` as SARIF 2.1.0 (OASIS), which GitHub, GitLab and editors show beside the lines of the plan.
import type { Explanation } from '../core/plan/finding.ts'
import { explained, type CheckReport } from './check-report.ts'

export function checkSarif(report: CheckReport, rules: readonly Explanation[], version: string): string {
  const { language, file, findings } = report
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'watari', version, rules: rules.map((rule) => descriptor(rule, language)) } },
        language,
        columnKind: 'unicodeCodePoints',
        results: findings.map(({ id, severity, line, column, what, sum, key, title }) => ({
          ruleId: id,
          ruleIndex: rules.findIndex((rule) => rule.id === id),
          level: severity,
          message: { text: [title, what, ...sum].join('\n') },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(file) },
                region: { startLine: line, startColumn: column },
              },
              logicalLocations: [{ fullyQualifiedName: key }],
            },
          ],
        })),
      },
    ],
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}

function descriptor(rule: Explanation, language: CheckReport['language']) {
  const { id, severity, title, why, mend, source } = explained(rule, language)
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: `${mend} (${source})` },
    ...(source.startsWith('https://') ? { helpUri: source.split(' ')[0] } : {}),
    defaultConfiguration: { level: severity },
  }
}

/** RFC 3986: a path with blanks or letters outside ASCII is no URI as it stands. */
function uriOf(path: string): string {
  const escaped = path.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/')
  return path.startsWith('/') ? `file://${escaped}` : escaped
}
