import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { configFrom } from "../lib/config.ts";
import { createStacks } from "../lib/stacks/index.ts";

/** `cdk synth -c stage=<local|dev|prod>`; a security finding that nobody gave a reason for stops it. */
const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
createStacks(app, configFrom(app.node));
app.synth();
