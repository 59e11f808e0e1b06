namespace EspForge.PinRules;

/// <summary>How a format writes a comment on a line of its own.</summary>
/// <param name="Open">What opens it, such as <c>/*</c> or <c>#</c>.</param>
/// <param name="Close">What closes it; empty where the line's end does.</param>
public sealed record CommentStyle(string Open, string Close)
{
    /// <summary><c>/* … */</c>.</summary>
    public static CommentStyle C { get; } = new("/*", "*/");

    /// <summary><c># …</c>.</summary>
    public static CommentStyle Hash { get; } = new("#", "");

    /// <summary><c>; …</c>.</summary>
    public static CommentStyle Semicolon { get; } = new(";", "");

    /// <summary><c>&lt;!-- … --&gt;</c>.</summary>
    public static CommentStyle Xml { get; } = new("<!--", "-->");
}

/// <summary>Writes plans in one format. Pure: the same sheet and regions give the same text, whatever the order of uses. <see cref="PinCode.Generators"/> has all of this package.</summary>
public interface IPinGenerator
{
    /// <summary>Stable id: <c>c-header</c>, <c>esphome</c> …</summary>
    string Id { get; }

    /// <summary>What it is, for people.</summary>
    string Title { get; }

    /// <summary>The file name a project expects.</summary>
    string FileName { get; }

    /// <summary>The media type of the text.</summary>
    string MediaType { get; }

    /// <summary>How user regions are marked; null where the format has no comments and hence no regions.</summary>
    CommentStyle? Comments { get; }

    /// <summary>Writes the plan.</summary>
    /// <param name="sheet">The plan, checked and named.</param>
    /// <param name="regions">What the user wrote into the last text; each has to come out again.</param>
    string Write(PinSheet sheet, UserRegions regions);
}
