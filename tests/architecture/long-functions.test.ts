/** No function is so long that a reader must scroll to follow it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { projectRoot } from '../../build/runtime/paths.ts';

const mostLines = 80;
// Not the migrations: a released one is never edited again.
const rooms = ['build', 'collector/src', 'electron', 'renderer', 'shared'];

const isFunction = (node: ts.Node): boolean =>
  ts.isFunctionDeclaration(node) ||
  ts.isFunctionExpression(node) ||
  ts.isArrowFunction(node) ||
  ts.isMethodDeclaration(node) ||
  ts.isConstructorDeclaration(node);

/**
 * The functions of `text` with more than `mostLines` lines of their own, each as `line: lines`. The lines of a function
 * within a function count for the inner one alone: a factory whose members share one state is read member by member,
 * like a class.
 */
const findLongFunctions = (text: string, fileName: string): readonly string[] => {
  const source = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, true);
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
  const linesOf = (node: ts.Node): number => lineOf(node.end) - lineOf(node.getStart()) + 1;
  const innerLines = (node: ts.Node): number => {
    let lines = 0;
    ts.forEachChild(node, (child) => {
      lines += isFunction(child) ? linesOf(child) - 1 : innerLines(child);
    });
    return lines;
  };
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isFunction(node)) {
      const lines = linesOf(node) - innerLines(node);
      if (lines > mostLines) found.push(`${lineOf(node.getStart()) + 1}: ${lines}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};

test(`no function has more than ${mostLines} lines of its own`, () => {
  const long = rooms.flatMap((room) =>
    readdirSync(path.join(projectRoot, room), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/u.test(file) && !file.split(path.sep).includes('node_modules'))
      .map((file) => path.join(room, file))
      .flatMap((file) =>
        findLongFunctions(readFileSync(path.join(projectRoot, file), 'utf8'), file).map(
          (place) => `${file}:${place}`,
        ),
      ),
  );
  expect(long).toEqual([]);
});

test('the count finds a long function, and leaves out the functions within it', () => {
  const body = (lines: number) => Array.from({ length: lines }, () => '  work();').join('\n');
  expect(findLongFunctions(`function a() {\n${body(79)}\n}`, 'a.ts')).toEqual(['1: 81']);
  expect(findLongFunctions(`function a() {\n${body(78)}\n}`, 'a.ts')).toEqual([]);
  const factory = `function a() {\n${body(30)}\n  const b = () => {\n${body(60)}\n  };\n}`;
  expect(findLongFunctions(factory, 'a.ts')).toEqual([]);
  expect(findLongFunctions(factory.replace('};', `${body(20)}\n  };`), 'a.ts')).toEqual(['32: 82']);
});
