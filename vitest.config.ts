import { defineConfig } from 'vitest/config'

// Three projects: `architecture` reads the source, `unit` needs only Node, `system` starts programs and outside judges.
export default defineConfig({
  test: {
    reporters: ['default', './test/support/plain-reporter.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // One processor is not left idle for the reporter: months of the shift are drawn in the tests.
    maxWorkers: '100%',
    projects: [
      { extends: true, test: { name: 'architecture', include: ['test/architecture/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            'src/**/*.test.ts',
            'test/contracts/**/*.test.ts',
            'test/cases/**/*.test.ts',
            'test/simulation/**/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/judges/**/*.test.ts', 'test/scenarios/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
        },
      },
    ],
  },
})
