namespace EspForge.Build;

/// <summary>Where a line of a build's log comes from.</summary>
public enum BuildLineSource
{
    /// <summary>Said by EspForge itself.</summary>
    Note,

    /// <summary>Standard output of a tool.</summary>
    Output,

    /// <summary>Standard error of a tool.</summary>
    Error,
}

/// <summary>A line of a build's log. Control characters are removed; paths of the building machine are replaced by paths of the project.</summary>
/// <param name="Number">Counted from 1 within the build.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Text">At most 8,192 characters.</param>
public sealed record BuildLine(int Number, BuildLineSource Source, string Text);

/// <summary>How bad a message is.</summary>
public enum BuildSeverity
{
    /// <summary>The build fails because of it.</summary>
    Error,

    /// <summary>Worth a look.</summary>
    Warning,

    /// <summary>Explains the message before it.</summary>
    Note,
}

/// <summary>What a compiler, linker or CMake said about a place.</summary>
/// <param name="File">Path within the project, of a generated file or of a header of the agent; <see langword="null"/> where there is no place.</param>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Text">The message, at most 1,000 characters.</param>
public sealed record BuildMessage(string? File, int? Line, int? Column, BuildSeverity Severity, string Text);
