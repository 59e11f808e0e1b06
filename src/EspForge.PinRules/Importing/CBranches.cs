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
                    if (chain.Count(branch => branch.Macro is not null) > 1)
                        Models.AddRange(chain.Where(branch => branch.Macro is not null && !Models.Contains(branch.Macro, StringComparer.Ordinal)).Select(branch => branch.Macro!));
                    break;
            }
        }

        void Add(int i, string word, string rest)
        {
            var branch = new Branch(lines[i].Number, word, rest, MacroOf(word, rest), open.Peek());
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

    // "defined(X)", "defined X" and "#ifdef X": a branch that one macro selects.
    private static string? MacroOf(string word, string rest)
    {
        var text = rest.AsSpan();
        if (word is "if" or "elif")
        {
            if (!text.StartsWith("defined"))
                return null;
            text = text["defined".Length..].Trim().TrimStart('(').TrimEnd(')').Trim();
        }
        else if (word is not "ifdef")
        {
            return null;
        }

        return !text.IsEmpty && text.IndexOfAnyExcept(NameLetters) < 0 ? text.ToString() : null;
    }

    private sealed class Branch(int line, string word, string text, string? macro, List<Branch> chain)
    {
        public int Line => line;

        public string Word => word;

        public string Text => text;

        public string? Macro => macro;

        public List<Branch> Chain => chain;
    }
}
