namespace EspForge.Studio.Projects;

/// <summary>How many lines came and went between two texts.</summary>
internal static class LineDifference
{
    // The work grows with the square of the differences; past this they are counted without their order.
    private const int MaxDifferences = 1500;

    /// <summary>The fewest lines that must be added and removed to make one text of the other (Myers 1986, section 4).</summary>
    public static (int Added, int Removed) Count(string before, string after)
    {
        var a = Lines(before);
        var b = Lines(after);
        var start = 0;
        while (start < a.Length && start < b.Length && string.Equals(a[start], b[start], StringComparison.Ordinal))
            start++;
        var end = 0;
        while (end < a.Length - start && end < b.Length - start && string.Equals(a[^(end + 1)], b[^(end + 1)], StringComparison.Ordinal))
            end++;
        var from = a.AsSpan(start, a.Length - start - end);
        var to = b.AsSpan(start, b.Length - start - end);
        var edits = Edits(from, to);
        if (edits < 0)
            return Unordered(from, to);

        // Additions less removals are the difference in length; together they are the edits.
        var added = (edits + to.Length - from.Length) / 2;
        return (added, edits - added);
    }

    private static string[] Lines(string text)
    {
        if (text.Length == 0)
            return [];
        var lines = text.Split('\n');
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }

    private static int Edits(ReadOnlySpan<string> a, ReadOnlySpan<string> b)
    {
        if (a.Length == 0 || b.Length == 0)
            return a.Length + b.Length;
        var most = Math.Min(a.Length + b.Length, MaxDifferences);
        var furthest = new int[(2 * most) + 2];
        for (var edits = 0; edits <= most; edits++)
        {
            for (var diagonal = -edits; diagonal <= edits; diagonal += 2)
            {
                var x = diagonal == -edits || (diagonal != edits && furthest[diagonal - 1 + most] < furthest[diagonal + 1 + most])
                    ? furthest[diagonal + 1 + most]
                    : furthest[diagonal - 1 + most] + 1;
                var y = x - diagonal;
                while (x < a.Length && y < b.Length && string.Equals(a[x], b[y], StringComparison.Ordinal))
                {
                    x++;
                    y++;
                }

                furthest[diagonal + most] = x;
                if (x >= a.Length && y >= b.Length)
                    return edits;
            }
        }

        return -1;
    }

    private static (int Added, int Removed) Unordered(ReadOnlySpan<string> a, ReadOnlySpan<string> b)
    {
        var count = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in a)
            count[line] = count.GetValueOrDefault(line) - 1;
        foreach (var line in b)
            count[line] = count.GetValueOrDefault(line) + 1;
        return (count.Values.Where(one => one > 0).Sum(), -count.Values.Where(one => one < 0).Sum());
    }
}
