export const SECRET = 'bench-secret-of-thirty-two-characters';
