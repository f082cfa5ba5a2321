/** How to look around in what was left running. */
export function keepText(
  endpoints: Readonly<Record<"source" | "kafka" | "aws" | "warehouse", string>>,
  logs: string,
): string {
  return `Everything is left running. Look around:

  npx millrace status                 where every stage is
  npx millrace sql "select * from mart.dim_product limit 5"

  MySQL      ${endpoints.source}/classicmodels
             change rows there, then: npx millrace status --wait
  Kafka      ${endpoints.kafka}
  AWS        AWS_ENDPOINT_URL=${endpoints.aws} AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
  warehouse  ${endpoints.warehouse}  (storage of the Redshift stand-in)
  logs       ${logs}

Stop it with: npm run local -- down`;
}
