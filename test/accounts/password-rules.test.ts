import { describe, expect, test } from 'vitest';
import { passwordFaults } from '../../storage/accounts/password-rules.js';

const CONTEXT = { address: 'camille.durand@creche.example.org', organisation: 'Caf des Lacs' };

describe('passwords that keep the rules', () => {
  test.each([
    ['twelve with the four kinds', 'Aqueduc-71mk'],
    ['twelve with spaces and accents', 'Été 7 à Lyon'],
    ['twenty of one kind', 'marguerite sauvage x'],
    ['seven words', 'trois lapins verts dansent sous la pluie'],
    ['emoji', 'Ruisseau 9 🐸 vert'],
    ['128 characters', 'v7K!'.concat('lorem ipsum dolor sit amet, '.repeat(5)).slice(0, 128)],
    ['1,024 characters', 'nuage et brume du matin '.repeat(50).slice(0, 1024)],
    ['random hexadecimal that happens to hold "caf"', '9f1c0caf3bb24d7e8a6655d1e0b7c2a9'],
  ])('%s', (_, password) => {
    expect(passwordFaults(password, CONTEXT)).toEqual([]);
  });
});

describe('passwords that break them', () => {
  test.each([
    ['empty', '', ['password-too-short', 'password-kinds']],
    ['eleven with four kinds', 'Aqueduc-71m', ['password-too-short']],
    ['twelve with three kinds', 'Aqueduc71mkz', ['password-kinds']],
    ['nineteen of one kind', 'marguerite sauvagex', ['password-kinds']],
    ['1,025 characters', 'x'.repeat(1025), ['password-too-long']],
    ['an everyday word decorated', 'Password-2026!', ['password-common']],
    ['in French', 'Motdepasse123!', ['password-common']],
    ['with look-alikes', 'P@ssw0rd2026!!', ['password-common']],
    ['a row of the keyboard', 'Azertyuiop12!', ['password-common']],
    ['one piece over and over', 'Ab1!Ab1!Ab1!Ab1!Ab1!', ['password-common']],
    ['the alphabet', 'abcdefghijklmnopqrstuv', ['password-common']],
    ['digits in order', '01234567890123456789', ['password-common']],
    ["the address's first part", 'Camille.Durand-71', ['password-personal']],
    ['the house', 'Caf des Lacs 2026!', ['password-personal']],
    ['the product', 'Mon-Espace-PEPS-7', ['password-personal']],
    ['a long one that is short without the name', 'caf caf peps caf 2026!', ['password-personal']],
  ])('%s', (_, password, faults) => {
    expect(passwordFaults(password, CONTEXT)).toEqual(faults);
  });
});

test('the compatibility forms of a character are one: full-width letters count as letters', () => {
  expect(passwordFaults('Ａqueduc-71m')).toEqual(['password-too-short']);
  expect(passwordFaults('Ａqueduc-71mk')).toEqual([]);
});
