using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Log;

/// <summary>The table grows by four million rows a day.</summary>
public sealed class EntryQuery
{
    private readonly LogContext _context;

    public EntryQuery(LogContext context) => _context = context;

    public Task<int> CountAsync(CancellationToken cancel) => _context.Entries.CountAsync(cancel);
}
