/**
 * Binds every query to one tenant by construction: a Kysely plugin that adds the tenant's condition to each table of a
 * tenant that a query reads or changes, and the tenant to each row that it inserts. No function of the store names its
 * tenant, so none can forget it. What the plugin cannot read, raw SQL that names a table and `merge`, is refused.
 */
import {
  AliasNode,
  AndNode,
  BinaryOperationNode,
  ColumnNode,
  IdentifierNode,
  InsertQueryNode,
  JoinNode,
  OnNode,
  OperationNodeTransformer,
  OperatorNode,
  ParensNode,
  PrimitiveValueListNode,
  ReferenceNode,
  SelectionNode,
  SelectQueryNode,
  TableNode,
  ValueListNode,
  ValueNode,
  ValuesNode,
  WhereNode,
  type DeleteQueryNode,
  type FromNode,
  type JoinType,
  type KyselyPlugin,
  type OperationNode,
  type QueryId,
  type RawNode,
  type RootOperationNode,
  type UpdateQueryNode,
  type WithNode,
} from 'kysely';
import { isTenantTable } from './tables/platform-tables.ts';
import { isStoreTable } from './table-names.ts';

const column = 'tenant';
const refusal = 'a statement of a tenant store is made by the query builder, so that it is bound to the tenant';
const namesTable = /\b(from|join|into|update)\s+["a-z_]/i;

/** The others keep rows of the joined table that do not fulfil the join's condition. */
const boundJoins: ReadonlySet<JoinType> = new Set(['InnerJoin', 'LeftJoin', 'CrossJoin']);

/** For `database.withPlugin`. Transactions on that database are bound as well. */
export function bindToTenant(tenant: string): KyselyPlugin {
  const binding = new TenantBinding(tenant);
  return {
    transformQuery({ node, queryId }): RootOperationNode {
      if (node.kind === 'RawNode' || node.kind === 'MergeQueryNode') {
        throw new Error(refusal);
      }
      return binding.bind(node, queryId);
    },
    transformResult: ({ result }) => Promise.resolve(result),
  };
}

class TenantBinding extends OperationNodeTransformer {
  readonly #tenant: string;
  /** Names that a query defines with `with`: they are no tables. */
  #parts: readonly string[] = [];

  constructor(tenant: string) {
    super();
    this.#tenant = tenant;
  }

  bind(query: RootOperationNode, queryId: QueryId): RootOperationNode {
    this.#parts = [];
    return this.transformNode(query, queryId);
  }

  protected override transformSelectQuery(query: SelectQueryNode, queryId: QueryId): SelectQueryNode {
    this.#name(query.with);
    const node = super.transformSelectQuery(query, queryId);
    return this.#restrict(node, fromItems(node.from));
  }

  protected override transformUpdateQuery(query: UpdateQueryNode, queryId: QueryId): UpdateQueryNode {
    this.#name(query.with);
    const node = super.transformUpdateQuery(query, queryId);
    return this.#restrict(node, [...(node.table === undefined ? [] : [node.table]), ...fromItems(node.from)]);
  }

  protected override transformDeleteQuery(query: DeleteQueryNode, queryId: QueryId): DeleteQueryNode {
    this.#name(query.with);
    const node = super.transformDeleteQuery(query, queryId);
    return this.#restrict(node, [...fromItems(node.from), ...(node.using?.tables ?? [])]);
  }

  /** In the join's own condition: an outer join keeps its rows without a match. */
  protected override transformJoin(join: JoinNode, queryId: QueryId): JoinNode {
    const node = super.transformJoin(join, queryId);
    const name = this.#tenantTable(node.table);
    if (name === undefined) return node;
    if (!boundJoins.has(node.joinType)) {
      throw new Error(`a tenant store cannot bind a ${node.joinType} of ${name}: use an inner or a left join`);
    }
    const condition = this.#isTenants(name);
    // A cross join has no condition of its own.
    if (node.joinType === 'CrossJoin') return JoinNode.createWithOn('InnerJoin', node.table, condition);
    if (node.on === undefined) return JoinNode.cloneWithOn(node, condition);
    return { ...node, on: OnNode.create(AndNode.create(ParensNode.create(node.on.on), condition)) };
  }

  protected override transformInsertQuery(query: InsertQueryNode, queryId: QueryId): InsertQueryNode {
    this.#name(query.with);
    const node = super.transformInsertQuery(query, queryId);
    const name = node.into === undefined ? undefined : this.#tenantTable(node.into);
    if (name === undefined) return node;
    if (node.columns === undefined || node.values === undefined) {
      throw new Error(`an insert into ${name} names its columns and values, so that it is bound to the tenant`);
    }
    if (node.replace === true || node.orAction?.action === 'replace') {
      throw new Error(`an insert into ${name} replaces no row, which may be another tenant's: use onConflict`);
    }
    const { onConflict } = node;
    return {
      ...InsertQueryNode.cloneWith(node, {
        columns: [...node.columns, ColumnNode.create(column)],
        values: this.#withTenant(node.values),
      }),
      // A row of another tenant with the same key is not changed.
      ...(onConflict?.updates === undefined
        ? {}
        : { onConflict: { ...onConflict, updateWhere: and(onConflict.updateWhere, this.#isTenants(name)) } }),
    };
  }

  /** Text that names a table cannot be bound. */
  protected override transformRaw(raw: RawNode, queryId: QueryId): RawNode {
    const names = raw.sqlFragments.some((text) => namesTable.test(text));
    if (names || raw.parameters.some((part) => TableNode.is(part))) throw new Error(refusal);
    return super.transformRaw(raw, queryId);
  }

  #withTenant(values: OperationNode): OperationNode {
    const tenant = ValueNode.create(this.#tenant);
    if (ValuesNode.is(values)) {
      return ValuesNode.create(
        values.values.map((row) =>
          PrimitiveValueListNode.is(row)
            ? PrimitiveValueListNode.create([...row.values, this.#tenant])
            : ValueListNode.create([...row.values, tenant]),
        ),
      );
    }
    if (SelectQueryNode.is(values)) {
      const named = AliasNode.create(tenant, IdentifierNode.create(column));
      return SelectQueryNode.cloneWithSelections(values, [SelectionNode.create(named)]);
    }
    throw new Error(`a tenant store cannot insert from a ${values.kind}`);
  }

  #restrict<Node extends { readonly where?: WhereNode }>(node: Node, tables: readonly OperationNode[]): Node {
    const conditions = tables.flatMap((table) => {
      const name = this.#tenantTable(table);
      return name === undefined ? [] : [this.#isTenants(name)];
    });
    const first = conditions.shift();
    if (first === undefined) return node;
    const all = conditions.reduce<OperationNode>((left, right) => AndNode.create(left, right), first);
    return { ...node, where: and(node.where, all) };
  }

  /** The name of a tenant's table within a query: its alias, or its own. */
  #tenantTable(node: OperationNode): string | undefined {
    if (TableNode.is(node)) {
      const { name } = node.table.identifier;
      return isTenantTable(name) && !this.#parts.includes(name) ? name : undefined;
    }
    if (!AliasNode.is(node) || !TableNode.is(node.node) || this.#tenantTable(node.node) === undefined) return undefined;
    return IdentifierNode.is(node.alias) ? node.alias.name : undefined;
  }

  #name(parts: WithNode | undefined): void {
    if (parts === undefined) return;
    for (const { name } of parts.expressions) {
      const part = name.table.table.identifier.name;
      if (isStoreTable(part)) throw new Error(`a part of a query has the name of the table ${part}: name it otherwise`);
      this.#parts = [...this.#parts, part];
    }
  }

  #isTenants(table: string): OperationNode {
    return BinaryOperationNode.create(
      ReferenceNode.create(ColumnNode.create(column), TableNode.create(table)),
      OperatorNode.create('='),
      ValueNode.create(this.#tenant),
    );
  }
}

/** The condition that is there, in parentheses as raw SQL may hold an `or`, and one more. */
function and(where: WhereNode | undefined, condition: OperationNode): WhereNode {
  return WhereNode.create(where === undefined ? condition : AndNode.create(ParensNode.create(where.where), condition));
}

function fromItems(from: FromNode | undefined): readonly OperationNode[] {
  return from?.froms ?? [];
}
