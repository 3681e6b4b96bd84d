// `watari check` as JUnit XML, which every CI server shows as tests: one a rule, failed by an error. Warnings and notes do not
// fail; they are what the test printed.
import type { Explanation } from '../core/plan/finding.ts'
import { explained, type CheckReport, type ToldFinding } from './check-report.ts'

export function checkJunit(report: CheckReport, rules: readonly Explanation[]): string {
  const failures = new Set(report.findings.filter(({ severity }) => severity === 'error').map(({ id }) => id)).size
  const counts = `tests="${rules.length}" failures="${failures}" errors="0" skipped="0"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="watari check ${xml(report.file)}" ${counts}>`,
    ...rules.map((rule) => testCase(rule, report)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function testCase(rule: Explanation, { findings, language, file }: CheckReport): string {
  const { id, title } = explained(rule, language)
  const found = findings.filter((one) => one.id === id)
  const family = id.split('-')[0]!
  const open = `    <testcase classname="check.${family}" name="${xml(id)}" file="${xml(file)}"`
  if (found.length === 0) return `${open}/>`
  const text = found.map((one) => findingText(one, file)).join('\n\n')
  const body =
    found[0]!.severity === 'error'
      ? `<failure type="${xml(id)}" message="${xml(title)}">${xml(text)}</failure>`
      : `<system-out>${xml(text)}</system-out>`
  return `${open} line="${found[0]!.line}">${body}</testcase>`
}

function findingText({ line, column, key, what, sum, why, mend }: ToldFinding, file: string): string {
  return [`${file}:${line}:${column} ${key}`, what, ...sum.map((one) => `  ${one}`), why, mend].join('\n')
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** XML 1.0 has no control characters but these three, not even as references. */
function xml(text: string): string {
  return text
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character]!)
    .replaceAll(/[^\t\n\r\x20-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '?')
}
