import { dirname, join } from 'node:path';
import { defineFleets } from './matrix/fleet';
import { OF_KEDA, OF_KUBERNETES } from './matrix/kinds';
import { Tried, tried } from './matrix/operations';
import { cellsOnPage, withoutTimes, writeCells } from './matrix/page';
import { onCluster, run } from '../support/cluster';
import { Namespace } from '../support/namespace';

/** By name, with spaces between; a kind takes eight minutes. */
const CHOSEN = process.env.PREWARM_KINDS?.split(/\s+/);
const isChosen = ({ name }: { readonly name: string }) => CHOSEN?.includes(name) ?? true;
const KINDS = [...OF_KUBERNETES, ...OF_KEDA].filter(isChosen);
const OPERATORS = join(dirname(process.env.PREWARM_TOOLS ?? ''), 'operators');

/** More would measure how busy the machine is. */
const AT_ONCE = Number(process.env.PREWARM_AT_ONCE ?? 3);

onCluster('every kind of target', { tools: true, simulation: true }, () => {
  const namespaces = KINDS.map(({ name }) => Namespace.forGroup(`matrix-${name}`));
  const trials: Promise<Tried>[] = [];

  beforeAll(async () => {
    await defineFleets();
    if (OF_KEDA.some(isChosen)) {
      const { code, stderr } = await run(OPERATORS, ['keda', 'up'], '', { env: { ...process.env } });
      expect({ code, stderr }).toMatchObject({ code: 0 });
    }
    KINDS.forEach((kind, i) => {
      const before = trials[i - AT_ONCE]?.catch(() => undefined);
      const trial = Promise.resolve(before).then(async () => tried(namespaces[i], kind));
      // told by the test that awaits it
      trial.catch(() => undefined);
      trials.push(trial);
    });
  });
  afterAll(async () => {
    await run(OPERATORS, ['keda', 'down']);
  });

  test.each(KINDS.map((kind, i) => ({ kind, i, title: kind.title })))('$title: each operation does what docs/reference/targets.md has', async ({ kind, i }) => {
    const { cells, late } = await trials[i];
    console.log(kind.title, cells);
    if (process.env.PREWARM_WRITE_DOCS) {
      writeCells(kind, cells);
    }
    expect(withoutTimes(cells)).toEqual(withoutTimes(cellsOnPage(kind)));
    expect(Object.entries(withoutTimes(cells)).filter(([, cell]) => !/^(refused, )?0 lost$|^its pods go$|^idle again$/.test(cell))).toEqual([]);
    expect(late).toEqual([]);
  }, 3_600_000);
});
