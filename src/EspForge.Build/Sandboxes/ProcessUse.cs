using System.Globalization;
using System.Runtime.InteropServices;

namespace EspForge.Build;

/// <summary>What a process and all that descend from it use, read from <c>/proc</c>.</summary>
/// <param name="MemoryBytes">Sum of their resident memory.</param>
/// <param name="Threads">Sum of their threads.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProcessUse(long MemoryBytes, long Threads)
{
    public static ProcessUse Of(int root)
    {
        var children = new Dictionary<int, List<(int Id, long Threads, long Pages)>>();
        (int Id, long Threads, long Pages) first = (root, 0, 0);
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || Read(directory) is not { } stat)
                continue;
            if (id == root)
                first = (id, stat.Threads, stat.Pages);
            if (!children.TryGetValue(stat.Parent, out var list))
                children.Add(stat.Parent, list = []);
            list.Add((id, stat.Threads, stat.Pages));
        }

        long pages = 0, threads = 0;
        var open = new Stack<(int Id, long Threads, long Pages)>([first]);
        while (open.TryPop(out var one))
        {
            pages += one.Pages;
            threads += one.Threads;
            if (children.Remove(one.Id, out var below))
                below.ForEach(open.Push);
        }

        return new ProcessUse(pages * Environment.SystemPageSize, threads);
    }

    // proc(5), /proc/pid/stat: after the name in parentheses come state, ppid, ...; num_threads is the 20th and rss the 24th field of all.
    private static (int Parent, long Threads, long Pages)? Read(string directory)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(directory, "stat"));
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), long.Parse(fields[17], CultureInfo.InvariantCulture), long.Parse(fields[21], CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }
}
