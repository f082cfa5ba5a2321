/** Tests run from TypeScript through swc; types are checked by `npm run check`, not here. */
const esmOnly = ["@vlasky/zongji", "listr2", "chalk", "commander"].join("|");
const swc = [
  "@swc/jest",
  {
    jsc: { target: "es2024", parser: { syntax: "typescript" } },
    module: { type: "commonjs" },
    sourceMaps: "inline",
  },
];
const common = {
  rootDir: import.meta.dirname,
  testEnvironment: "node",
  transform: { "^.+\\.[mc]?[tj]s$": swc },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly})/)`],
};
const project = (name, match) => ({
  ...common,
  displayName: name,
  testMatch: [`<rootDir>/test/${match}/**/*.test.ts`],
});

export default {
  // Only against tests that hang: on a busy machine a step may take many times as long as on an idle one.
  testTimeout: 60_000,
  reporters: ["default", "<rootDir>/test/support/result-file.mjs"],
  projects: [
    project("unit", "unit"),
    project("golden", "golden"),
    {
      ...project("infra", "infra"),
      globalSetup: "<rootDir>/test/infra/synth/setup.ts",
      globalTeardown: "<rootDir>/test/infra/synth/teardown.ts",
    },
    project("integration", "integration"),
    project("e2e", "e2e"),
  ],
};
