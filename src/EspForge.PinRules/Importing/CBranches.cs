using System.Buffers;

namespace EspForge.PinRules;

/// <summary>Which lines of a header count: it decides every <c>#if</c>. Where nothing decides, the first branch counts, and that is noted.</summary>
internal sealed class CBranches(ImportDraft draft, Func<string, long?> valueOf, Func<string, bool?> isDefined)
{
    private const int MaxNesting = 64;

    private static readonly SearchValues<char> NameLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    private readonly Dictionary<int, Branch> _byLine = [];
    private readonly Stack<(bool Parent, Branch? Chosen)> _open = new();

    /// <summary>Whether the lines at this place count.</summary>
    public bool Active { get; private set; } = true;

    /// <summary>The macros that select a branch, for chains with two or more of them.</summary>
    public List<string> Models { get; } = [];

    /// <summary>Finds the chains. Call it once, before the first <see cref="Step"/>.</summary>
    public void Prepare(IReadOnlyList<CLine> lines)
    {
        var open = new Stack<List<Branch>>();
        for (var i = 0; i < lines.Count; i++)
        {
            if (Directive(lines[i].Code) is not ({ } word, { } rest))
                continue;
            switch (word)
            {
                case "if" or "ifdef" or "ifndef":
                    open.Push([]);
                    Add(i, word, rest);
                    break;
                case "elif" or "else" when open.Count > 0:
                    Add(i, word, rest);
                    break;
                case "endif" when open.Count > 0:
                    var chain = open.Pop();
                    if (chain.Count(branch => branch.Macros.Count > 0) > 1)
                        Models.AddRange(chain.SelectMany(branch => branch.Macros).Distinct(StringComparer.Ordinal).Where(macro => !Models.Contains(macro, StringComparer.Ordinal)));
                    break;
            }
        }

        void Add(int i, string word, string rest)
        {
            var branch = new Branch(lines[i].Number, word, rest, MacrosOf(word, rest), open.Peek());
            open.Peek().Add(branch);
            _byLine[lines[i].Number] = branch;
        }
    }

    /// <summary>Takes a line. True where it was a condition.</summary>
    public bool Step(CLine line)
    {
        if (Directive(line.Code) is not ({ } word, _))
            return false;
        switch (word)
        {
            case "if" or "ifdef" or "ifndef":
                _open.Push((Active, Active && _open.Count < MaxNesting ? Choose(_byLine[line.Number].Chain, line.Number) : null));
                Active = _open.Peek().Chosen == _byLine[line.Number] && _open.Peek().Chosen is not null;
                return true;
            case "elif" or "else" when _open.Count > 0:
                Active = _open.Peek().Chosen is { } chosen && chosen == _byLine[line.Number];
                return true;
            case "endif" when _open.Count > 0:
                Active = _open.Pop().Parent;
                return true;
            default:
                return word is "elif" or "else" or "endif";
        }
    }

    // The first branch that holds; else the first nobody can decide; else #else.
    private Branch? Choose(List<Branch> chain, int line)
    {
        Branch? undecided = null;
        Branch? fallback = null;
        foreach (var branch in chain)
        {
            if (branch.Word is "else")
            {
                fallback = branch;
                continue;
            }

            var holds = branch.Word switch
            {
                "ifdef" => isDefined(branch.Text),
                "ifndef" => isDefined(branch.Text) is { } defined ? !defined : true,
                _ => CCondition.Holds(branch.Text, valueOf, isDefined),
            };
            if (holds == true)
                return branch;
            if (holds is null)
                undecided ??= branch;
        }

        if (undecided is null)
            return fallback;
        draft.Assume(line, chain.Count > 1
            ? $"Nothing decides between {chain.Count} branches: '{ImportDraft.Shown(undecided.Text)}' is taken."
            : $"Nothing decides '{ImportDraft.Shown(undecided.Text)}': its lines are taken.");
        return undecided;
    }

    private static (string Word, string Tail)? Directive(string code)
    {
        if (!code.StartsWith('#'))
            return null;
        var text = code.AsSpan(1).TrimStart();
        var end = 0;
        while (end < text.Length && char.IsAsciiLetter(text[end]))
            end++;
        return text[..end] is "if" or "ifdef" or "ifndef" or "elif" or "else" or "endif" ? (text[..end].ToString(), text[end..].Trim().ToString()) : null;
    }

    // "defined(X)", "defined X", "#ifdef X" and "defined(X) || defined(Y)": a branch that one macro of these selects.
    private static List<string> MacrosOf(string word, string rest)
    {
        var macros = new List<string>();
        if (word is not ("if" or "elif" or "ifdef"))
            return macros;
        foreach (var part in word is "ifdef" ? [rest] : rest.Split("||"))
        {
            var text = part.AsSpan().Trim();
            if (word is not "ifdef")
            {
                if (!text.StartsWith("defined"))
                    return [];
                text = text["defined".Length..].Trim().TrimStart('(').TrimEnd(')').Trim();
            }

            if (text.IsEmpty || text.IndexOfAnyExcept(NameLetters) >= 0)
                return [];
            macros.Add(text.ToString());
        }

        return macros;
    }

    private sealed class Branch(int line, string word, string text, List<string> macros, List<Branch> chain)
    {
        public int Line => line;

        public string Word => word;

        public string Text => text;

        public List<string> Macros => macros;

        public List<Branch> Chain => chain;
    }
}
