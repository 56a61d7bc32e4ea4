/** Version of this package; a test holds it against package.json. It is part of every verdict. */
export const version = '0.1.0';
