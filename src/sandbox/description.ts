import pg from 'pg';
import type { DescribedColumn, Description } from '../model/server.ts';

/** The parts of node-postgres that its types leave out: they are those of the protocol's messages. */
interface Field {
  readonly name: string;
  readonly tableID: number;
  readonly columnID: number;
  readonly dataTypeID: number;
  readonly dataTypeModifier: number;
}

interface RowDescription {
  readonly fields: readonly Field[];
}

interface ParameterDescription {
  readonly dataTypeIDs: readonly number[];
}

/** What a request is sent through. The types of node-postgres ask for a second argument that it has no more. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void };
  parse(message: { readonly text: string; readonly name: string }): void;
  describe(message: { readonly type: 'S'; readonly name: string }): void;
  sync(): void;
  on(event: 'parameterDescription', listener: (message: ParameterDescription) => void): void;
}

type Settled = (error: Error | null, description: Description) => void;

/**
 * Parse and Describe of the unnamed statement, without Bind and Execute. It extends node-postgres' own query, since no
 * other is let into a pipeline.
 */
class Request extends pg.Query {
  parameters: readonly number[] = [];
  readonly #sql: string;
  readonly #settled: Settled;
  #columns: readonly DescribedColumn[] | null = null;

  constructor(sql: string, settled: Settled) {
    super({ text: sql });
    this.#sql = sql;
    this.#settled = settled;
  }

  // A field in the types of node-postgres, and a method in fact.
  override submit = (connection: unknown): void => {
    send(connection, this.#sql);
  };

  handleRowDescription({ fields }: RowDescription): void {
    this.#columns = fields.map(({ name, tableID, columnID, dataTypeID, dataTypeModifier }) => ({
      name,
      type: dataTypeID,
      modifier: dataTypeModifier,
      relation: tableID,
      number: columnID,
    }));
  }

  handleError(error: Error): void {
    this.#settled(error, { parameters: [], columns: null });
  }

  handleReadyForQuery(): void {
    this.#settled(null, { parameters: this.parameters, columns: this.#columns });
  }
}

function isWire(connection: unknown): connection is Wire {
  return typeof connection === 'object' && connection !== null && 'parse' in connection;
}

function send(connection: unknown, sql: string): void {
  if (!isWire(connection)) throw new Error('node-postgres has handed over no connection');
  connection.stream.cork();
  connection.parse({ text: sql, name: '' });
  connection.describe({ type: 'S', name: '' });
  connection.sync();
  connection.stream.uncork();
}

/** Descriptions of statements over one connection. */
export class Descriptions {
  readonly #client: pg.Client;
  /** Sent and not yet answered, in order: parameters are told to the connection, and not to the query. */
  readonly #requests: Request[] = [];

  constructor(client: pg.Client) {
    this.#client = client;
    const connection: unknown = 'connection' in client ? client.connection : null;
    if (!isWire(connection)) throw new Error('node-postgres has no connection');
    connection.on('parameterDescription', ({ dataTypeIDs }) => {
      const [request] = this.#requests;
      if (request !== undefined) request.parameters = dataTypeIDs;
    });
  }

  of(sql: string): Promise<Description> {
    return new Promise((resolve, reject) => {
      const request = new Request(sql, (error, description) => {
        this.#requests.shift();
        if (error === null) resolve(description);
        else reject(error);
      });
      this.#requests.push(request);
      this.#client.query(request);
    });
  }
}
