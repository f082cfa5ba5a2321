/** A user as GRANT takes it: `'user'@'host'`. @param user `user@host`, as the server says it */
export const accountOf = (user: string): string => user.replace(/^(.*)@(.*)$/, "'$1'@'$2'");
