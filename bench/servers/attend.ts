/** What a server process and the bench say to each other. */
export type FromServer = { readonly port: number } | { readonly cpuMicros: number };

/** Tells the bench where this process listens and, whenever asked, its CPU time: of all threads, user and system. */
export function attend(port: number): void {
  const send = (message: FromServer) => process.send?.(message);
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    send({ cpuMicros: user + system });
  });
  process.on('disconnect', () => process.exit());
  send({ port });
}
