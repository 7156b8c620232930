import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Testing, Yaml } from 'cdk8s';
import { prewarm } from '../cli/fake-io';
import { chartIn } from '../support/charts';
import { Demand, OpeningEvent, PodCapacity, PrewarmedService } from 'cdk8s-prewarm';

const PAGE = readFileSync(join(__dirname, '../../docs/openings.md'), 'utf8');
const [, LIST] = /```text\n(at;demand\n[^]*?)```/.exec(PAGE)!;

test.each([
  ['an added row', `${LIST}2026-12-23 12:00;\n`],
  ['a moved row', LIST.replace('2026-12-11 20:00', '2026-12-11 21:00')],
  ['a row that is gone', LIST.replace('2026-12-11 20:00;large\n', '')],
  ['another demand', LIST.replace('2026-12-18 20:00;', '2026-12-18 20:00;large')],
])('the page shows what plan --diff says about %s', async (_, list) => {
  const { out } = await prewarm(['plan', 'new', '--diff', 'old'], { files: { old: manifestsOf(LIST), new: manifestsOf(list) } });
  expect(PAGE).toContain(`\`\`\`text\n${out}\n\`\`\``);
});

function manifestsOf(list: string): string {
  const chart = chartIn('shop');
  new PrewarmedService(chart, 'tickets', {
    image: 'registry.example.com/tickets:3.1.0',
    podCapacity: PodCapacity.requestsPerSecond(200),
    events: [{
      event: OpeningEvent.fromCsv('autumn', list, { timeZone: 'Asia/Seoul' }),
      demand: Demand.requestsPerSecond(6_000),
      demands: { large: Demand.requestsPerSecond(24_000) },
    }],
  });
  return Yaml.stringify(...Testing.synth(chart));
}
