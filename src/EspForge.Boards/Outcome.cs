using System.Diagnostics.CodeAnalysis;

namespace EspForge;

/// <summary>Either a value or the <see cref="Fault"/> that says why there is none. Misuse throws; what a user can get wrong is an outcome.</summary>
/// <typeparam name="T">What there is on success.</typeparam>
public readonly struct Outcome<T> : IEquatable<Outcome<T>>
    where T : notnull
{
    private readonly T? _value;
    private readonly Fault? _fault;

    private Outcome(T? value, Fault? fault)
    {
        _value = value;
        _fault = fault;
    }

    /// <summary>Whether there is a value.</summary>
    public bool IsSuccess => _fault is null && _value is not null;

    /// <summary>The value; throws <see cref="InvalidOperationException"/> with the fault's sentence where there is none.</summary>
    public T Value => IsSuccess ? _value! : throw new InvalidOperationException(_fault?.Message ?? "There is no value: the outcome was never set.");

    /// <summary>The fault, or <see langword="null"/> on success.</summary>
    public Fault? Fault => _fault;

    /// <summary>Takes the outcome apart without an exception.</summary>
    public bool TryGet([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Fault? fault)
    {
        value = _value;
        fault = IsSuccess ? null : _fault ?? new Fault("unset", "The outcome was never set.");
        return IsSuccess;
    }

    /// <summary>A success.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, null);

    /// <summary>A failure.</summary>
    public static implicit operator Outcome<T>(Fault fault) => new(default, fault);

    /// <inheritdoc/>
    public bool Equals(Outcome<T> other) => EqualityComparer<T?>.Default.Equals(_value, other._value) && Equals(_fault, other._fault);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Outcome<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_value, _fault);

    /// <summary>Equality by value.</summary>
    public static bool operator ==(Outcome<T> left, Outcome<T> right) => left.Equals(right);

    /// <summary>Inequality by value.</summary>
    public static bool operator !=(Outcome<T> left, Outcome<T> right) => !left.Equals(right);
}
