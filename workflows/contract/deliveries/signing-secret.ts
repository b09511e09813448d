/**
 * The format of secrets for signing webhooks, by Standard Webhooks: `whsec_` and 24 to 64 bytes in base64. While a
 * secret is being replaced, the old and the new one are set, and each call is signed with both.
 */
const prefix = 'whsec_';
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const [fewestBytes, mostBytes] = [24, 64] as const;
const mostSecrets = 2;

/** The secrets in a text: one, or two separated by a space. */
export function signingSecrets(text: string): readonly string[] {
  return text.split(' ').filter((part) => part !== '');
}

/** A sentence that says why a text is no signing secret, without any part of it; undefined when it is one. */
export function signingSecretProblem(text: string): string | undefined {
  const secrets = signingSecrets(text);
  if (secrets.length === 0) return 'is empty';
  if (secrets.length > mostSecrets) return 'holds more than two secrets: give the new one, a space and the old one';
  return secrets.every(isSigningSecret)
    ? undefined
    : `must be whsec_ and ${fewestBytes} to ${mostBytes} random bytes in base64: make one by echo "whsec_$(openssl rand -base64 32)"`;
}

function isSigningSecret(secret: string): boolean {
  const key = secret.slice(prefix.length);
  // Checks the length first, so that the regular expression never gets a long text.
  if (!secret.startsWith(prefix) || key.length > 2 * mostBytes || !base64.test(key)) return false;
  const bytes = (key.length / 4) * 3 - (/=*$/.exec(key)?.[0].length ?? 0);
  return bytes >= fewestBytes && bytes <= mostBytes;
}
