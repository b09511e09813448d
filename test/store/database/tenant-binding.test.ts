import { Kysely, sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../../store/database/sqlite-dialect.ts';
import { bindToTenant } from '../../../store/database/tenant-binding.ts';

interface Tables {
  orders: { id: string; tenant?: string; note: string };
  lines: { order_id: string; tenant?: string; text: string };
  switches: { name: string; message: string };
}

let database: Kysely<Tables>;
let ours: Kysely<Tables>;
let theirs: Kysely<Tables>;

beforeEach(async () => {
  database = new Kysely<Tables>({ dialect: openSqlite(':memory:') });
  await sql`create table orders (id text not null, tenant text not null, note text not null, primary key (id))`.execute(
    database,
  );
  await sql`create table lines (order_id text not null, tenant text not null, text text not null)`.execute(database);
  await sql`create table switches (name text not null primary key, message text not null)`.execute(database);
  ours = database.withPlugin(bindToTenant('ours'));
  theirs = database.withPlugin(bindToTenant('theirs'));
  await ours.insertInto('orders').values({ id: 'one', note: 'our note' }).execute();
  await theirs.insertInto('orders').values({ id: 'two', note: 'their note' }).execute();
  await ours.insertInto('lines').values({ order_id: 'one', text: 'our line' }).execute();
  await theirs
    .insertInto('lines')
    .values([{ order_id: 'one', text: 'their line' }])
    .execute();
});

describe('a database that is bound to a tenant', () => {
  it('writes the tenant into each row that it inserts, also from a query', async () => {
    await ours
      .insertInto('lines')
      .columns(['order_id', 'text'])
      .expression((build) => build.selectFrom('orders').select(['id', 'note']))
      .execute();
    const rows = await database.selectFrom('lines').select(['tenant', 'text']).orderBy('text').execute();
    expect(rows).toEqual([
      { tenant: 'ours', text: 'our line' },
      { tenant: 'ours', text: 'our note' },
      { tenant: 'theirs', text: 'their line' },
    ]);
  });

  it('reads rows of its tenant alone, whatever the conditions say', async () => {
    const all = await ours.selectFrom('orders').selectAll().execute();
    expect(all.map(({ id }) => id)).toEqual(['one']);
    const either = sql<boolean>`id = 'one' or id = 'two'`;
    expect(await ours.selectFrom('orders as wanted').select('wanted.id').where(either).execute()).toEqual([
      { id: 'one' },
    ]);
  });

  it('joins and asks within a query for rows of its tenant alone, and keeps what has no match', async () => {
    const joined = await theirs
      .selectFrom('orders')
      .leftJoin('lines as line', 'line.order_id', 'orders.id')
      .select(['orders.id', 'line.text'])
      .execute();
    expect(joined).toEqual([{ id: 'two', text: null }]);
    const within = await theirs
      .selectFrom('lines')
      .select('text')
      .where((expression) =>
        expression.exists(
          expression.selectFrom('orders').select('orders.id').whereRef('orders.id', '=', 'lines.order_id'),
        ),
      )
      .execute();
    expect(within).toEqual([]);
  });

  it('changes and deletes rows of its tenant alone', async () => {
    await theirs.updateTable('orders').set({ note: 'changed' }).execute();
    await theirs.updateTable('lines').from('orders').set({ text: 'changed' }).whereRef('order_id', '=', 'id').execute();
    await ours.transaction().execute((transaction) => transaction.deleteFrom('lines').execute());
    expect(await database.selectFrom('orders').select('note').orderBy('id').execute()).toEqual([
      { note: 'our note' },
      { note: 'changed' },
    ]);
    expect(await database.selectFrom('lines').select('text').execute()).toEqual([{ text: 'their line' }]);
  });

  it("leaves another tenant's row with the same key as it is", async () => {
    const { numInsertedOrUpdatedRows } = await theirs
      .insertInto('orders')
      .values({ id: 'one', note: 'taken over' })
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet({ note: 'taken over' })
          .where(sql<boolean>`1 = 1 or 1 = 1`),
      )
      .executeTakeFirstOrThrow();
    expect(numInsertedOrUpdatedRows).toBe(0n);
    expect(await ours.selectFrom('orders').select('note').execute()).toEqual([{ note: 'our note' }]);
  });

  it('shares the tables of the installation', async () => {
    await ours.insertInto('switches').values({ name: 'batches', message: 'stopped' }).execute();
    expect(await theirs.selectFrom('switches').selectAll().execute()).toHaveLength(1);
  });

  it('takes a part of a query, which was bound when it was made, for no table', async () => {
    const query = ours
      .with('chosen', (build) => build.selectFrom('orders').select('id'))
      .selectFrom('chosen')
      .select('chosen.id');
    expect(await query.execute()).toEqual([{ id: 'one' }]);
  });

  it('refuses what it cannot read', async () => {
    const refusal = 'is made by the query builder';
    await expect(sql`select * from orders`.execute(ours)).rejects.toThrow(refusal);
    const within = ours.selectFrom('switches').select(sql<number>`(select count(*) from orders)`.as('count'));
    await expect(within.execute()).rejects.toThrow(refusal);
    const named = ours
      .selectFrom('switches')
      .select(sql<number>`(select count(*) from ${sql.table('orders')})`.as('count'));
    await expect(named.execute()).rejects.toThrow(refusal);
  });

  it('binds a cross join, and refuses joins that keep unmatched rows of the joined table', async () => {
    const crossed = await ours
      .selectFrom('switches')
      .crossJoin('orders')
      .select('orders.id')
      .unionAll(ours.selectFrom('orders').crossJoin('lines').select('lines.text as id'))
      .execute();
    expect(crossed).toEqual([{ id: 'our line' }]);
    const right = ours.selectFrom('orders').rightJoin('lines', 'lines.order_id', 'orders.id').select('lines.text');
    await expect(right.execute()).rejects.toThrow('cannot bind a RightJoin of lines');
    const full = ours.selectFrom('switches').fullJoin('lines as line', 'line.text', 'message').select('line.text');
    await expect(full.execute()).rejects.toThrow('cannot bind a FullJoin of line');
  });

  it("refuses to replace a row, which may be another tenant's", async () => {
    const row = { id: 'two', note: 'taken over' };
    await expect(ours.insertInto('orders').orReplace().values(row).execute()).rejects.toThrow('replaces no row');
    await expect(ours.replaceInto('orders').values(row).execute()).rejects.toThrow('replaces no row');
    expect(await theirs.selectFrom('orders').select('note').execute()).toEqual([{ note: 'their note' }]);
  });

  it('refuses a part of a query that has the name of a table, wherever it stands', async () => {
    const hiding = () => ours.with('jobs', (build) => build.selectFrom('lines').select('text')).selectFrom('jobs');
    const hidden = async () => hiding().selectAll().execute();
    await expect(hidden()).rejects.toThrow('has the name of the table jobs');
    const within = async () =>
      ours
        .selectFrom('orders')
        .selectAll()
        .where('id', 'in', () => hiding().select('text'))
        .execute();
    await expect(within()).rejects.toThrow('has the name of the table jobs');
  });
});
