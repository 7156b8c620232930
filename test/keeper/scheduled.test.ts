import { Stage, opening, planOf } from './harness';

const PLAN = planOf([opening('sale', { from: 60, at: 120, until: 180 }, 40, 60)], { protection: 'Scheduled', guards: 0 });

describe('a schedule that is scheduled only', () => {
  test('arm asks for no watch and no pods', async () => {
    const stage = new Stage(PLAN);
    expect(await stage.run('arm')).toMatchObject({ exitCode: 0, floor: 2 });
    expect(stage.cluster.requests.filter(({ path }) => /watch|\/pods/.test(path))).toEqual([]);
  });

  test('bump raises the floor, and again at its next run', async () => {
    const stage = new Stage(PLAN);
    await stage.until(61);
    expect(await stage.run('bump')).toMatchObject({ exitCode: 0, floor: 40 });
    stage.cluster.apply('horizontalpodautoscalers/queue', 'kubectl', { minReplicas: 2 });
    expect(await stage.run('bump')).toMatchObject({ exitCode: 0, floor: 40 });
  });
});
