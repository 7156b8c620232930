afterEach(() => jest.resetModules());

test('a package without the keeper says what to do', () => {
  jest.doMock('node:fs', () => ({ ...jest.requireActual('node:fs'), existsSync: () => false }));
  const { keeperFile } = jest.requireActual('../../src/private/keeper-file');
  expect(() => keeperFile()).toThrow(/^the keeper, .*assets\/keeper\/main\/index\.js, is missing; in a clone run 'npx projen bundle'/);
});

test('the keeper is read once', () => {
  let reads = 0;
  jest.doMock('node:fs', () => ({ ...jest.requireActual('node:fs'), existsSync: () => true, readFileSync: () => `// ${++reads}` }));
  const { keeperFile } = jest.requireActual('../../src/private/keeper-file');
  expect([keeperFile().text, keeperFile().text]).toEqual(['// 1', '// 1']);
});
