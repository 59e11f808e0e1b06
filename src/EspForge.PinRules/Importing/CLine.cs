using System.Text;

namespace EspForge.PinRules;

/// <summary>A line of C without comments, with lines that a backslash continues joined to it.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Code">The code, trimmed.</param>
/// <param name="Remark">The text of the comments on it.</param>
internal readonly record struct CLine(int Number, string Code, string Remark)
{
    private const int MaxJoined = 64;

    /// <summary>The lines that hold code.</summary>
    public static List<CLine> Split(string text)
    {
        var lines = new List<CLine>();
        var code = new StringBuilder();
        var remark = new StringBuilder();
        var inComment = false;
        var (number, start, joined) = (0, 0, 0);
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            number++;
            if (joined == 0)
                start = number;
            var line = raw.TrimEnd();
            var continues = line.EndsWith('\\') && joined < MaxJoined;
            if (continues)
                line = line[..^1];
            inComment = Strip(line, code, remark, inComment);
            if (continues)
            {
                joined++;
                continue;
            }

            Add(lines, start, code, remark);
            joined = 0;
        }

        Add(lines, start, code, remark);
        return lines;
    }

    private static void Add(List<CLine> lines, int number, StringBuilder code, StringBuilder remark)
    {
        var trimmed = code.ToString().Trim();
        if (trimmed.Length > 0)
            lines.Add(new CLine(number, trimmed, remark.ToString().Trim()));
        code.Clear();
        remark.Clear();
    }

    private static bool Strip(ReadOnlySpan<char> line, StringBuilder code, StringBuilder remark, bool inComment)
    {
        for (var i = 0; i < line.Length; i++)
        {
            var next = i + 1 < line.Length ? line[i + 1] : '\0';
            if (inComment)
            {
                if (line[i] == '*' && next == '/')
                {
                    inComment = false;
                    i++;
                }
                else
                {
                    remark.Append(line[i]);
                }
            }
            else if (line[i] == '/' && next == '/')
            {
                remark.Append(line[(i + 2)..]);
                return false;
            }
            else if (line[i] == '/' && next == '*')
            {
                inComment = true;
                code.Append(' ');
                i++;
            }
            else if (line[i] is '"' or '\'')
            {
                i = Quoted(line, i, code);
            }
            else
            {
                code.Append(line[i]);
            }
        }

        return inComment;
    }

    // A string or character: what looks like a comment in it is none.
    private static int Quoted(ReadOnlySpan<char> line, int start, StringBuilder code)
    {
        var end = start + 1;
        while (end < line.Length && line[end] != line[start])
            end += line[end] == '\\' ? 2 : 1;
        end = Math.Min(end, line.Length - 1);
        code.Append(line[start..(end + 1)]);
        return end;
    }
}
