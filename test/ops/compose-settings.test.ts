/** What docker-compose.yml hands to containers: only settings that something reads, and each secret only where needed. */
import { describe, expect, it } from 'vitest';
import { ApiSettingsSchema } from '../../client/api/config.ts';
import { WorkerSettingsSchema } from '../../workers/config.ts';
import { all, ours, services, type Service } from './compose-file.ts';
import { imageEnvironment } from './docker-file.ts';

/** What the entry points of other people's images read, by image. */
const foreignSettings: Readonly<Record<string, readonly string[]>> = {
  // The first user and its password, made with the volume.
  postgres: ['POSTGRES_USER', 'POSTGRES_PASSWORD'],
  // Our script's two, temporal-sql-tool's password, and the address for the command line `temporal`.
  'temporalio/admin-tools': ['POSTGRES_SEEDS', 'POSTGRES_USER', 'SQL_PASSWORD', 'TEMPORAL_ADDRESS'],
  // The variables of the server's configuration template.
  'temporalio/server': [
    'DB',
    'DB_PORT',
    'POSTGRES_SEEDS',
    'POSTGRES_USER',
    'POSTGRES_PWD',
    'BIND_ON_IP',
    'DYNAMIC_CONFIG_FILE_PATH',
  ],
  'temporalio/ui': ['TEMPORAL_ADDRESS'],
};

const workerSettings = Object.keys(WorkerSettingsSchema.shape);
const apiSettings = Object.keys(ApiSettingsSchema.shape);

/** The variables that a service of ours may get; Temporal's own address is read by its SDK. */
function settingsOf({ command }: Service): readonly string[] {
  return ['TEMPORAL_ADDRESS', ...(command.includes('workers/main.ts') ? workerSettings : apiSettings)];
}

function holders(variable: string): readonly string[] {
  return all.flatMap(([name, { environment }]) => (variable in environment ? [name] : []));
}

describe('the settings in docker-compose.yml', () => {
  it('are variables that the process in the container reads', () => {
    for (const [name, service] of all) {
      const image = service.image.split(':')[0] ?? '';
      const known = service.build === undefined ? (foreignSettings[image] ?? []) : settingsOf(service);
      for (const variable of Object.keys(service.environment)) expect(known, name).toContain(variable);
    }
  });

  it('leave no setting of a worker or of the API without a way in', () => {
    // The port within a container is fixed; LODESTONE_API_PORT moves the published one.
    const inImage = new Set([...Object.keys(imageEnvironment), 'LODESTONE_API_PORT']);
    const cluster = ours.filter(([, { profiles }]) => profiles.includes('cluster'));
    const reaching = (services: readonly (readonly [string, Service])[]): ReadonlySet<string> =>
      new Set(services.flatMap(([, { environment }]) => Object.keys(environment)));
    const dev = reaching(ours.filter(([, { profiles }]) => profiles.includes('dev')));
    for (const name of [...workerSettings, ...apiSettings].filter((name) => !inImage.has(name))) {
      expect(dev, name).toContain(name);
      expect(reaching(cluster), name).toContain(name);
    }
  });

  it('do not undo what the image has fixed', () => {
    for (const [name, { environment }] of ours) {
      for (const variable of Object.keys(imageEnvironment)) expect(environment, name).not.toHaveProperty(variable);
    }
  });

  it('give each secret only to who uses it, and never as text', () => {
    expect(holders('OPENAI_API_KEY')).toEqual(['worker-dev', 'worker-llm', 'worker-browser']);
    expect(holders('LODESTONE_SMTP_URL')).toEqual(['worker-dev', 'worker-jobs']);
    const withFile = all.flatMap(([name, service]) => (service.env_file === undefined ? [] : [name]));
    expect(withFile).toEqual(['worker-dev', 'worker-jobs']);
    for (const [name, { environment }] of all) {
      const secrets = Object.entries(environment).filter(([variable]) =>
        /KEY|PASSWORD|PWD|SMTP_URL|DATABASE_URL/.test(variable),
      );
      for (const [, value] of secrets) expect(value ?? '${', name).toMatch(/^\$\{/);
    }
  });
});

describe('the containers of docker-compose.yml', () => {
  it('open ports on loopback alone', () => {
    const ports = all.flatMap((entry) => entry[1].ports);
    expect(ports).toHaveLength(4);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('gain no privileges, and leave the seccomp filter only where Chromium or generated code starts', () => {
    for (const [name, { security_opt: options }] of all) expect(options, name).toContain('no-new-privileges:true');
    const unfiltered = all.flatMap(([name, service]) =>
      service.security_opt.includes('seccomp=unconfined') ? [name] : [],
    );
    expect(unfiltered).toEqual(['worker-dev', 'worker-sandbox-dev', 'worker-jobs', 'worker-browser', 'worker-sandbox']);
  });

  it('run ours on a root file system that cannot be written, without capabilities', () => {
    for (const [name, service] of ours) {
      expect(service, name).toMatchObject({ read_only: true, tmpfs: ['/tmp'], cap_drop: ['ALL'], init: true });
    }
  });

  it('reach Temporal where it is, in each profile', () => {
    for (const [, { environment, profiles }] of ours) {
      const host = profiles.includes('dev') ? 'temporal-dev' : 'temporal';
      expect(environment['TEMPORAL_ADDRESS']).toBe(`${host}:7233`);
      expect(services).toHaveProperty(host);
    }
  });
});
